"""A web page to play with gradient descent: a curve or a surface, learning rate, momentum, start; step by step.

page           the file, which needs nothing but a browser: page.html, filled in
functions      the functions to choose from
words          what the page says, Vietnamese and English
expression.js  formulas as they are typed, with their derivatives; nothing is handed to the browser's own `eval`
descent.js     the steps, those of our `optim.SGD`
picture.js     the curve or the contour lines, and the path
play.js        controls, keys, the table of steps
"""

from tinygrad_vn.lecture.play.page import play_page

__all__ = ["play_page"]
