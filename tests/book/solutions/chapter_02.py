"""Solutions of chapter 2."""


def gradients(x: float, y: float) -> tuple[float, float]:
    """∂z/∂x and ∂z/∂y of z = (x + y)² − x·y, by paper and pencil.

    ∂z/∂x và ∂z/∂y của z = (x + y)² − x·y, tính bằng tay.
    """
    return 2 * (x + y) - y, 2 * (x + y) - x


def along_paths(arrows: dict[tuple[str, str], float], start: str, end: str) -> float:
    """∂end/∂start: over all paths, the sum of the products of the local derivatives on their arrows.

    ∂end/∂start: tổng qua mọi đường đi, mỗi đường là tích các đạo hàm cục bộ trên mũi tên.

    Args:
        arrows: (from, to) -> local derivative; there is no circle. (từ, đến) -> đạo hàm cục bộ; không có vòng.
        start: its name. / Tên nút đầu.
        end: its name. / Tên nút cuối.
    """
    if start == end:
        return 1.0
    return sum(slope * along_paths(arrows, to, end) for (origin, to), slope in arrows.items() if origin == start)
