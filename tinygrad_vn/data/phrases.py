"""What a loader and splits say of arguments that do not go together: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `data` is imported. What is wrong with the data themselves, a `DataError`, stands in
`words.py`, by key.
"""

from typing import Final

DATA_VIETNAMESE: Final[dict[str, str]] = {
    "rng and generator are two names of one argument; give one of them": "rng và generator là hai tên của cùng một đối "
    "số; hãy chỉ dùng một trong hai",
    "rng is a generator of NumPy's, such as np.random.default_rng(0), not {given}": "rng là bộ sinh số ngẫu nhiên của "
    "NumPy, chẳng hạn np.random.default_rng(0), không phải {given}",
    "seed and rng both say how to draw; give one of them": "seed và rng cùng quyết định cách chọn ngẫu nhiên; hãy chỉ "
    "dùng một trong hai",
    "DataLoader has no argument {name!r}": "DataLoader không có đối số {name!r}",
    "{call} has no meaning here. {remedy}": "{call} không có ý nghĩa ở đây. {remedy}",
    "Choose samples and their order by a Subset(dataset, indices), or shuffle=True.": "Hãy chọn các mẫu và thứ tự của "
    "chúng bằng Subset(dataset, indices), hoặc shuffle=True.",
    "Let dataset[k] return arrays of one shape, which are stacked, or loop over batches of your own.": "Hãy để "
    "dataset[k] trả về các mảng cùng shape để xếp chồng được, hoặc tự chia batch và lặp qua chúng.",
    "Batches are cut in this process, from memory, and there is no GPU to pin memory for: leave it out.": "Các batch "
    "được cắt ngay trong tiến trình này, từ bộ nhớ, và không có GPU nào cần pin_memory: hãy bỏ nó.",
}
