import torch
import torch.nn as nn
import torch.optim as optim

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = optim.Adam(model.parameters(), lr=0.05)

for epoch in range(300):
    optimizer.zero_grad()
    loss = criterion(model(X), y)
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 50 == 0:
        print(f"{epoch + 1}: {loss.item():.3f}")

with torch.no_grad():
    predictions = (model(X) > 0.5).float()
    print(predictions.squeeze().tolist())
    print(f"accuracy {(predictions == y).float().mean().item():.2f}")
