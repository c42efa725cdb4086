"""Neural networks: layers, activation functions and losses as modules, and what is needed to build one's own.

module         Module: what all layers, losses and models are
parameter      Parameter and Buffer: the Tensors of a module
containers     Sequential, ModuleList, ModuleDict
layers         Linear, Embedding, Dropout, Flatten, Identity
normalization  BatchNorm1d, LayerNorm
activations    ReLU, Sigmoid, Softmax, …
losses         MSELoss, BCEWithLogitsLoss, CrossEntropyLoss, …
penalties      l1_penalty, l2_penalty: terms that keep parameters small
functional     all of them as plain functions
init           first values of parameters
utils          clipping gradients; parameters as a vector
summary        a table of layers, output shapes and parameters
"""

from tinygrad_vn.nn import functional, init, utils
from tinygrad_vn.nn.activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tinygrad_vn.nn.containers import ModuleDict, ModuleList, Sequential
from tinygrad_vn.nn.layers import Dropout, Embedding, Flatten, Identity, Linear
from tinygrad_vn.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.normalization import BatchNorm1d, LayerNorm
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.nn.penalties import l1_penalty, l2_penalty
from tinygrad_vn.nn.phrases import NN_VIETNAMESE
from tinygrad_vn.nn.summary import Summary, summary
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(NN_VIETNAMESE)

__all__ = [
    "ELU",
    "GELU",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Buffer",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "HuberLoss",
    "Identity",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Summary",
    "Tanh",
    "functional",
    "init",
    "l1_penalty",
    "l2_penalty",
    "summary",
    "utils",
]
