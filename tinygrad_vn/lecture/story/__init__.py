"""A computation told step by step: forward, the seed ∂L/∂L = 1, backward.

steps      what happens when; captions are the formulas of every step
frames     a picture for each step
page       one web page to click through; canvas is its SVG, page.css its looks; typeset.js writes its formulas, page.js
           shows a moment, and player.js moves about
animate    the same page with a slider over the epochs of a training
"""
