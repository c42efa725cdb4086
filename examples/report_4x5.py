"""The report's worked example: four users, five films, and what D, who has not seen M1 and M3, would give them.

    python -m examples.report_4x5
    python -m examples.report_4x5 --lang vi

Source: the report `000_12180da503bfe391.txt`, "Matrix Factorization".
"""

import argparse
from collections.abc import Sequence

import numpy as np

from tinygrad_vn.language import resolve
from tinygrad_vn.models import MatrixFactorization
from tinygrad_vn.models.report_tables import FILMS, RATINGS, START, USERS

WORDS = {
    "ratings": {"vi": "Điểm đánh giá (· là phim chưa xem)", "en": "The ratings (· is a film not seen)"},
    "start": {
        "vi": "Bắt đầu với số ngẫu nhiên: U Mᵀ, loss {loss:.4f}",
        "en": "Random numbers to start from: U Mᵀ, loss {loss:.4f}",
    },
    "end": {
        "vi": "Sau {steps} bước gradient descent: U Mᵀ, loss {loss:.1e}",
        "en": "After {steps} steps of gradient descent: U Mᵀ, loss {loss:.1e}",
    },
    "factors": {
        "vi": "Các factor, sau khi đổi cơ sở để A = (1, 0) và B = (0, 1). (Với mọi ma trận T khả nghịch,\n"
        "U T và M T⁻ᵀ có cùng tích, nên chỉ riêng điểm số thì không chọn được cơ sở.)",
        "en": "The factors, in the basis in which A = (1, 0) and B = (0, 1). (For any invertible T,\n"
        "U T and M T⁻ᵀ have the same product, so ratings alone choose no basis.)",
    },
    "recommend": {"vi": "Đề xuất cho D, theo thứ tự", "en": "Recommended to D, in this order"},
}


def learned(steps: int = 20_000) -> MatrixFactorization:
    """Two factors without a mean, from the report's random start, until nothing is left to learn."""
    model = MatrixFactorization(2, lr=0.1, epochs=steps, centred=False, stop_below=1e-20, start=START)
    return model.fit_table(RATINGS)


def factors_of(model: MatrixFactorization) -> tuple[np.ndarray, np.ndarray]:
    """U and M in the basis in which A is (1, 0) and B is (0, 1): U T and M T⁻ᵀ with T = (U_A, U_B)⁻¹."""
    users, films = model.user_factors.detach().numpy(), model.item_factors.detach().numpy()
    T = np.linalg.inv(users[:2])
    return users @ T, films @ np.linalg.inv(T).T


def shown(table: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """A table of numbers with its names; NaN is a dot."""
    lines = ["   " + "".join(f"{name:>8}" for name in columns)]
    for name, row in zip(rows, table, strict=True):
        lines.append(f"{name:3}" + "".join(f"{'·' if np.isnan(x) else f'{x + 0:.2f}':>8}" for x in row.round(9)))
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the example.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m examples.report_4x5", description=__doc__)
    parser.add_argument("--lang", help="vi, en")
    lang = resolve(parser.parse_args(argv).lang)

    def heading(key: str, **details: object) -> None:
        print(f"\n{WORDS[key][lang].format(**details)}\n")

    model = learned()
    heading("ratings")
    print(shown(np.where(RATINGS, RATINGS, np.nan), USERS, FILMS))
    heading("start", loss=model.errors[0])
    print(shown(START[0] @ START[1].T, USERS, FILMS))
    heading("end", steps=len(model.errors) - 1, loss=model.errors[-1])
    print(shown(model.predict_table(), USERS, FILMS))
    heading("factors")
    users, films = factors_of(model)
    print(shown(users, USERS, ["F1", "F2"]), shown(films.T, ["F1", "F2"], FILMS), sep="\n\n")
    heading("recommend")
    for item, rating in zip(*model.recommend(USERS.index("D")), strict=True):
        print(f"{FILMS[item]:3}{rating:8.2f}")


if __name__ == "__main__":
    main()
