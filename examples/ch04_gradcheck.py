# %% [markdown]
# # Kiểm tra gradient bằng chính độ dốc · Checking gradients by the slope itself
#
# **Tiếng Việt.** Gradient khẳng định hàm số thay đổi thế nào; tỉ sai phân đo xem có đúng vậy không. Trước hết ta xem
# phép đo ấy chính xác đến đâu: bước h lớn thì sai do đường cong, h nhỏ thì sai do làm tròn, và tỉ số đối xứng hơn hẳn
# tỉ số một phía. Sau đó ta dùng nó để bắt lỗi: công thức ∂J/∂W⁽²⁾ in nhầm trong bài giảng, rồi những trường hợp mà
# chính độ dốc cũng có vấn đề.
#
# **English.** A gradient claims how the function changes; a difference quotient measures whether it does. First we look
# at how exact the measurement is: with a large step h it errs by the curve, with a small one by rounding, and the
# symmetric quotient is far better than the one-sided. Then we catch mistakes with it: the formula ∂J/∂W⁽²⁾ as the
# lecture misprints it, and cases in which there is something wrong with the slope itself.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 3, 2 "Bước 3".

# %%
import numpy as np
from lesson import BLUE, BROWN, Lesson

import tinygrad_vn as tg
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch04_gradcheck")
page.say(
    "Expected: a tenth of h makes the one-sided error a tenth, the symmetric one a hundredth; h is best near 1e-8 and\n"
    "1e-5. The printed formula fails in all 9 elements; |x| at 0 is a KINK, dropout NONDETERMINISTIC.",
    "Sẽ thấy: h còn một phần mười thì sai số một phía còn một phần mười, đối xứng còn một phần trăm; h tốt nhất quanh\n"
    "1e-8 và 1e-5. Công thức in nhầm sai ở cả 9 phần tử; |x| tại 0 là KINK, dropout là NONDETERMINISTIC.",
)

# %% [markdown]
# ## Hai sai số, ngược chiều nhau · Two errors that pull in opposite directions
#
# f = sin tại x = 1, đạo hàm đúng là cos 1. Khai triển Taylor: một phía sai ½ f″ h, đối xứng sai f‴ h²/6. Làm tròn thêm
# vào cỡ 10⁻¹⁶/h. ·
# f = sin at x = 1, whose derivative is cos 1. By Taylor's series the one-sided quotient is off by ½ f″ h, the symmetric
# one by f‴ h²/6. Rounding adds about 10⁻¹⁶/h.

# %%
steps = 10.0 ** -np.arange(1, 13)
one_sided = abs((np.sin(1 + steps) - np.sin(1)) / steps - np.cos(1))
symmetric = abs((np.sin(1 + steps) - np.sin(1 - steps)) / (2 * steps) - np.cos(1))
page.say("\n     h   one-sided   symmetric", "\n     h    một phía   đối xứng")
for h, left, right in zip(steps, one_sided, symmetric, strict=True):
    print(f"{h:6.0e}{left:12.1e}{right:12.1e}")
page.check(one_sided[:5] / steps[:5], np.sin(1) / 2, within=0.02)
page.check(symmetric[:3] / steps[:3] ** 2, np.cos(1) / 6, within=0.001)
page.claim(
    max(one_sided[-1], symmetric[-1]) < 10 * 1e-16 / 1e-12 and symmetric[-1] > 1e3 * symmetric.min(),
    "At 1e-12 rounding has spoiled both.",
    "Tại 1e-12, làm tròn đã làm hỏng cả hai.",
)
best = steps[one_sided.argmin()], steps[symmetric.argmin()]
page.check(np.log10(best), [-8, -5], within=1)
page.claim(
    symmetric.min() < one_sided.min() / 50,
    "The best symmetric quotient is over fifty times as exact as the best one-sided.",
    "Tỉ số đối xứng tốt nhất chính xác gấp hơn năm mươi lần tỉ số một phía tốt nhất.",
)
if page.draws:
    title = page.word("sin′(1) by difference quotients", "sin′(1) bằng tỉ sai phân")
    figure, axes = page.figure(title, "h", page.word("error", "sai số"))
    axes.loglog(steps, one_sided, "o-", color=BROWN, label=page.word("one-sided", "một phía"))
    axes.loglog(steps, symmetric, "s-", color=BLUE, label=page.word("symmetric", "đối xứng"))
    axes.legend(frameon=False)
    page.save(figure, "ch04_gradcheck_steps.svg")

# %% [markdown]
# ## Bắt lỗi in · Catching a misprint
#
# Mạng 2-3-3-1 của bài giảng, J là MSE (`ch06_matrices.py` tính đủ mọi công thức). Bước 3 in
# ∂J/∂W⁽²⁾ = (A⁽¹⁾)ᵀ (∂A⁽²⁾/∂Z⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾). Nếu không biết đáp án, làm sao biết nó sai? Đo. ·
# The lecture's net 2-3-3-1, J being the mean squared error (`ch06_matrices.py` has all formulas). Step 3 prints
# ∂J/∂W⁽²⁾ = (A⁽¹⁾)ᵀ (∂A⁽²⁾/∂Z⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾). How can one know that it is wrong without knowing what is right?
# Measure.

# %%
rng = np.random.default_rng(7)
X, Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
W1, W2, W3 = (rng.normal(size=size) for size in ((2, 3), (3, 3), (3, 1)))


def loss_of(W2):
    """The loss as a function of W⁽²⁾ alone; the biases are 0."""
    return F.mse_loss(tg.sigmoid(tg.sigmoid(tg.sigmoid(X @ W1) @ W2) @ W3), Y)


def sigma(z: np.ndarray) -> np.ndarray:
    """The sigmoid."""
    return 1 / (1 + np.exp(-z))


A1 = sigma(X @ W1)
A2 = sigma(A1 @ W2)
A3 = sigma(A2 @ W3)
slope_2, slope_3 = A2 * (1 - A2), A3 * (1 - A3)
printed = A1.T @ (slope_2 * slope_2)
corrected = A1.T @ ((2 / len(Y) * (A3 - Y) * slope_3) @ W3.T * slope_2)

numeric = np.zeros((3, 3))
for i in np.ndindex(3, 3):
    step = np.zeros((3, 3))
    step[i] = 1e-5
    numeric[i] = (loss_of(W2 + step) - loss_of(W2 - step)).item() / 2e-5


def agree(analytic: np.ndarray) -> np.ndarray:
    """Where |a − n| ≤ atol + rtol·|n|: close as such, or close in proportion."""
    return abs(analytic - numeric) <= 1e-8 + 1e-5 * abs(numeric)


for name, formula in ((page.word("printed", "bản in"), printed), (page.word("corrected", "đã sửa"), corrected)):
    off = abs(formula - numeric).max()
    page.say(
        f"{name:10}  off by {off:.0e} at most; agrees in {agree(formula).sum()} of 9 elements.",
        f"{name:10}  lệch nhiều nhất {off:.0e}; khớp ở {agree(formula).sum()} trên 9 phần tử.",
    )
page.check([agree(printed).sum(), agree(corrected).sum()], [0, 9])
point = tg.tensor(W2, requires_grad=True)
page.check(tg.grad(loss_of(point), [point])[0], corrected, within=1e-15)

# %% [markdown]
# ## Bằng thư viện, và bốn câu trả lời của nó · With the library, and four answers of it
#
# `half` giấu một thừa số khỏi đồ thị; báo cáo còn nói sai thế nào. |x| tại 0 có hai độ dốc; dropout gieo xúc xắc nên
# không có độ dốc nào. ·
# `half` hides a factor from the graph; the report even says in what way it is wrong. |x| at 0 has two slopes; dropout
# throws dice and has none.


# %%
def half(x):
    """x² in value, but the graph sees one factor only: its gradient comes out as x."""
    return x * x.detach()


three = tg.tensor([1.0, -2.0, 3.0], requires_grad=True)
at_zero = tg.tensor([0.0], requires_grad=True)
reports = {
    "J(W⁽²⁾)": tg.gradcheck_report(loss_of, point),
    "x · x.detach()": tg.gradcheck_report(half, three),
    "|x|, x = 0": tg.gradcheck_report(np.abs, at_zero),
    "dropout": tg.gradcheck_report(lambda x: F.dropout(x, 0.5, training=True), three),
}
print()
for name, report in reports.items():
    print(f"{name:16}{report.verdict.name}")
verdicts = [report.verdict.name for report in reports.values()]
page.claim(
    verdicts == ["PASS", "FAIL", "KINK", "NONDETERMINISTIC"],
    "Four functions, four verdicts.",
    "Bốn hàm, bốn kết luận.",
)
page.check(len(reports["x · x.detach()"].failures()), 3)
print(reports["x · x.detach()"].hints[0])
page.claim(
    tg.gradgradcheck(loss_of, point),
    "And the second derivatives of J agree too (gradgradcheck).",
    "Và đạo hàm cấp hai của J cũng khớp (gradgradcheck).",
)

# %%
page.done()
