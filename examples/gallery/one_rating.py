"""One rating of a matrix factorization: user u has given film m the rating r = 4.

The prediction is u · m. The gradient of the user is the error times the film, and the other way round.
"""

import tinygrad_vn as tg

TITLE = {"vi": "Một lượt đánh giá trong phân tích ma trận", "en": "One rating of a matrix factorization"}


def drawing(lang: str) -> tg.lecture.GraphDrawing:
    """The graph of that rating's loss."""
    u = tg.tensor([1.2, 0.3, -0.5], requires_grad=True)
    m = tg.tensor([1.5, 0.8, -1.0], requires_grad=True)
    r = tg.tensor(4.0)

    prediction = (u * m).sum()
    loss = (prediction - r) ** 2
    return tg.draw(loss, names={"r̂": prediction}, lang=lang)
