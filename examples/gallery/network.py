"""The feedforward net 2-3-3-1 of the lecture, as layers of neurons.

Beside every connection stands its weight; inside the neurons stand the activations for one input.
"""

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn import nn

TITLE = {"vi": "Mạng feedforward 2-3-3-1", "en": "The feedforward net 2-3-3-1"}


def drawing(lang: str) -> tg.lecture.Drawing:
    """The net for the input (0, 1) of XOR."""
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())
    return tg.draw_network(model, np.array([0.0, 1.0]), precision=2, lang=lang)
