"""What drawings look like: colours, lines and fonts, in one place.

A role (input, parameter, …) is told by its colour and, since colours alone cannot be told apart by everybody, by the
line around its box: plain, double, thick or dashed. Text keeps a contrast of at least 4.5 : 1 to what lies behind it
(WCAG AA) in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["input", "parameter", "intermediate", "loss", "constant", "output", "gradient"]

ROLES: Final[tuple[Role, ...]] = ("input", "parameter", "intermediate", "loss", "constant", "output", "gradient")

# Noto has every Vietnamese letter and sign we use; the others are what Windows, macOS and Linux have without it.
FONTS: Final = "Noto Sans,Segoe UI,Arial,DejaVu Sans,sans-serif"


@dataclass(frozen=True)
class Box:
    """How the box of one role is drawn.

    Attributes:
        fill: the colour inside.
        line: the colour of the border.
        style: "solid" or "dashed".
        borders: 2 for a double border.
        width: of the border, in points.
    """

    fill: str
    line: str
    style: str = "solid"
    borders: int = 1
    width: float = 1.2


@dataclass(frozen=True)
class Theme:
    """All colours of a drawing; `active` marks the step that is being shown."""

    background: str
    text: str
    muted: str
    value: str
    gradient: str
    arrow: str
    circle: str
    active: Box
    boxes: dict[Role, Box]


LIGHT: Final = Theme(
    background="#FFFFFF",
    text="#1F2328",
    muted="#57606A",
    value="#0B4F8A",
    gradient="#9A3412",
    arrow="#57606A",
    circle="#FFFFFF",
    active=Box("#FFE08A", "#1F2328"),
    boxes={
        "input": Box("#E3F0FA", "#0072B2"),
        "parameter": Box("#FFF1CC", "#8A5A00", borders=2),
        "intermediate": Box("#F3F4F6", "#57606A"),
        "loss": Box("#F9E4EF", "#9C2F6B", width=3.0),
        "constant": Box("#FFFFFF", "#6E7781", style="dashed"),
        "output": Box("#E2F4EC", "#00704A", width=2.2),
        "gradient": Box("#FDECE0", "#9A3412", style="dashed", width=2.2),
    },
)

DARK: Final = Theme(
    background="#0D1117",
    text="#E6EDF3",
    muted="#9DA7B3",
    value="#7CC4FF",
    gradient="#FFB077",
    arrow="#9DA7B3",
    circle="#0D1117",
    active=Box("#6B4E00", "#FFE08A"),
    boxes={
        "input": Box("#0B2540", "#58A6FF"),
        "parameter": Box("#2E2405", "#E3B341", borders=2),
        "intermediate": Box("#1C2128", "#9DA7B3"),
        "loss": Box("#3A1730", "#F778BA", width=3.0),
        "constant": Box("#0D1117", "#8B949E", style="dashed"),
        "output": Box("#0A2B20", "#3FB988", width=2.2),
        "gradient": Box("#331C0C", "#FFB077", style="dashed", width=2.2),
    },
)

THEMES: Final = {"light": LIGHT, "dark": DARK}

INKS: Final = ("#000000", "#FFFFFF")


def luminance(color: str) -> float:
    """How bright a colour such as #0B4F8A is, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours: from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Black or white, whichever is read more easily on this colour; the contrast is never below 4.5."""
    return max(INKS, key=lambda ink: contrast(ink, fill))
