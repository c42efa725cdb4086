import torch
import torch.nn as nn
import torch.nn.functional as F

words = [
    "an",
    "anh",
    "ba",
    "ban",
    "hoa",
    "hoang",
    "huong",
    "lan",
    "linh",
    "mai",
    "minh",
    "nam",
    "nga",
    "quang",
    "thanh",
]
letters = sorted(set("".join(words)))
stoi = {s: i + 1 for i, s in enumerate(letters)}
stoi["."] = 0
xs, ys = [], []
for w in words:
    chars = ["."] + list(w) + ["."]
    for one, two in zip(chars, chars[1:]):
        xs.append(stoi[one])
        ys.append(stoi[two])
xs = torch.tensor(xs)
ys = torch.tensor(ys)


class Bigram(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.table = nn.Embedding(size, size)

    def forward(self, idx, targets=None):
        logits = self.table(idx)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits, targets)


model = Bigram(len(stoi))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
for step in range(200):
    logits, loss = model(xs, ys)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    if (step + 1) % 50 == 0:
        print(f"{step + 1}: {loss.item():.3f}")

probs = F.softmax(model(torch.tensor([0]))[0], dim=-1)
print(f"after '.': {probs.max().item():.2f}, sum {probs.sum().item():.4f}")
