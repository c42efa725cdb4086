import math

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

points, labels = [], []
for arm in range(3):
    for i in range(50):
        r = i / 50
        angle = 4 * r + arm * 2 * math.pi / 3 + 0.1 * math.sin(37 * i + arm)
        points.append([r * math.sin(angle), r * math.cos(angle)])
        labels.append(arm)
X = torch.tensor(points)
y = torch.tensor(labels)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9, weight_decay=1e-4)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=40, gamma=0.5)
loader = DataLoader(TensorDataset(X, y), batch_size=50, shuffle=False)

for epoch in range(100):
    model.train()
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        total += loss.item() * len(xb)
    scheduler.step()
    if (epoch + 1) % 20 == 0:
        print(f"epoch {epoch + 1}: loss {total / len(X):.2f}, lr {scheduler.get_last_lr()[0]}")

model.eval()
with torch.no_grad():
    correct = (model(X).argmax(dim=1) == y).sum().item()
print(f"accuracy at least 0.9: {correct / len(X) >= 0.9}")
