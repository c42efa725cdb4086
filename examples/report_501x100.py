"""The report's large table: 501 users, 100 films, ratings made at random; and why there is nothing to learn from it.

    python -m examples.report_501x100
    python -m examples.report_501x100 --rated 3=5,17=4,60=1 --lang vi

The last user has rated three films, which `--rated` names, and is recommended others all the same. The second half
shows how little that means: on ratings held out, no number of factors is better than the mean of all ratings.

Source: the report `000_12180da503bfe391.txt`, "Ý tưởng thực hiện" and "Quá trình chạy code".
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.language import resolve
from tinygrad_vn.models import GlobalMean, MatrixFactorization
from tinygrad_vn.models.report_tables import LAST_USER, random_table

FACTORS = (1, 2, 5, 10)
PENALTIES = (0.0, 10.0, 20.0, 40.0)

WORDS = {
    "table": {
        "vi": "{n} điểm của {users} người dùng cho {films} phim, tạo ngẫu nhiên. Người cuối đánh giá: {last}.",
        "en": "{n} ratings that {users} users gave {films} films, made at random. The last user's: {last}.",
    },
    "trained": {
        "vi": "10 factor, learning rate {lr:g}, {steps} bước: {seconds:.1f} giây; loss (MSE) {first:.4f} → {last:.4f}\n"
        "(báo cáo: 103.8–116.6 giây; 1.5731, lần chạy lâu nhất 1.5545)",
        "en": "10 factors, learning rate {lr:g}, {steps} steps: {seconds:.1f} s; loss (MSE) {first:.4f} → {last:.4f}\n"
        "(the report: 103.8–116.6 s; 1.5731, its longest run 1.5545)",
    },
    "recommend": {
        "vi": "Đề xuất cho người dùng {user}, dự đoán trong ngoặc: {films}",
        "en": "Recommended to user {user}, predictions in brackets: {films}",
    },
    "held out": {
        "vi": "Mô hình đó học được gì? RMSE trên tập huấn luyện và tập kiểm tra:",
        "en": "What has it learned? RMSE on the training and on the test ratings:",
    },
    "head": {
        "vi": "factor   penalty      train       test |  penalty*     train       test",
        "en": "factors  penalty      train       test |  penalty*     train       test",
    },
    "mean": {"vi": "trung bình", "en": "mean of all"},
    "why": {
        "vi": "* chọn trên tập validation, lấy từ tập huấn luyện.\n"
        "Càng nhiều factor, mô hình càng thuộc lòng các điểm đã học và càng đoán sai các điểm khác: overfitting.\n"
        "Penalty tốt nhất là mức làm mọi factor bằng 0, tức chỉ còn trung bình. Điểm ngẫu nhiên không chứa quy luật\n"
        "nào để học; các đề xuất ở trên chỉ là may rủi.",
        "en": "* chosen on validation ratings, taken from the training part.\n"
        "The more factors, the better the model knows by heart what it has seen and the worse it predicts the rest:\n"
        "overfitting. The best penalty is the one that brings all factors to 0, so that only the mean remains.\n"
        "Ratings made at random hold no rule that could be learned; the recommendations above are mere chance.",
    },
}


def pairs(data: RatingsDataset) -> np.ndarray:
    """Users and films as the two columns of X, shape (n, 2)."""
    return np.stack([data.users, data.items], axis=1)


def held_out(data: RatingsDataset, epochs: int = 1000, seed: int = 0) -> Iterator[tuple[float, ...]]:
    """For every number of factors: it; train and test RMSE without a penalty; the penalty chosen, and the RMSE with it.

    The first row is the mean's, with 0 factors. Nothing is chosen on the test part.
    """
    train, valid, test = data.split(valid=0.2, test=0.2, seed=seed)
    X, shape = pairs(train), (data.n_users, data.n_items)
    mean = GlobalMean().fit(X, train.ratings, shape)
    both = [mean.rmse(pairs(part), part.ratings) for part in (train, test)]
    yield 0, *both, 0, *both
    for k in FACTORS:
        models = {
            penalty: MatrixFactorization(k, epochs=epochs, penalty=penalty, seed=seed).fit(X, train.ratings, shape)
            for penalty in PENALTIES
        }
        best = min(PENALTIES, key=lambda penalty: models[penalty].rmse(pairs(valid), valid.ratings))
        errors = [[models[p].rmse(pairs(part), part.ratings) for part in (train, test)] for p in (0.0, best)]
        yield k, *errors[0], best, *errors[1]


def rated(text: str) -> dict[int, float]:
    """3=5,17=4 as {3: 5.0, 17: 4.0}; ValueError where it is something else."""
    return {int(film): float(stars) for film, stars in (part.split("=") for part in text.split(","))}


def trained(last: Mapping[int, float], steps: int, lr: float, seed: int) -> tuple[MatrixFactorization, float]:
    """A model of the whole table, and how many seconds it took."""
    model = MatrixFactorization(10, lr=lr, epochs=steps, seed=seed)
    begin = time.perf_counter()
    model.fit_table(random_table(last=last, seed=seed).matrix())
    return model, time.perf_counter() - begin


def main(argv: Sequence[str] | None = None) -> None:
    """Print both halves.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m examples.report_501x100", description=__doc__)
    parser.add_argument("--rated", type=rated, default=dict(LAST_USER), metavar="3=5,17=4", help="film=stars, ...")
    parser.add_argument("--lr", type=float, default=10.0)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", help="vi, en")
    options = parser.parse_args(argv)
    lang = resolve(options.lang)

    def tell(key: str, **details: object) -> None:
        print(WORDS[key][lang].format(**details), flush=True)

    try:
        data = random_table(last=options.rated, seed=options.seed)
    except ValueError as error:
        parser.error(str(error))
    stars = ", ".join(f"{film} ({value:g})" for film, value in options.rated.items())
    tell("table", n=len(data), users=data.n_users, films=data.n_items, last=stars)
    model, seconds = trained(options.rated, options.steps, options.lr, options.seed)
    errors = model.errors
    print()
    tell("trained", lr=options.lr, steps=len(errors) - 1, seconds=seconds, first=errors[0], last=errors[-1])
    found = zip(*model.recommend(data.n_users - 1, n=5), strict=True)
    films = ", ".join(f"{item + 1} ({rating:.2f})" for item, rating in found)
    tell("recommend", user=data.n_users, films=films)
    print()
    tell("held out")
    tell("head")
    for k, train, test, penalty, best_train, best_test in held_out(data, min(options.steps, 1000), options.seed):
        left = f"{k:7g}  {0:7g}" if k else f"{WORDS['mean'][lang]:16}"
        print(f"{left}  {train:9.4f}  {test:9.4f} |  {penalty:7g}  {best_train:9.4f}  {best_test:9.4f}", flush=True)
    print()
    tell("why")


if __name__ == "__main__":
    main()
