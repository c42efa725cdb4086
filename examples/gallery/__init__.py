"""Eight drawings for lectures, each in a short file of its own; `python -m examples.gallery` makes all of them."""
