import torch
import torch.nn as nn
import torch.optim as optim


class SimpleModel(nn.Module):
    def __init__(self):
        super(SimpleModel, self).__init__()
        self.weight = nn.Parameter(torch.tensor([0.5]))

    def forward(self, x):
        return self.weight * x


for lr in (0.5, 0.01, 0.001):
    model = SimpleModel()
    criterion = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    x = torch.tensor([2.0])
    y = torch.tensor([4.0])
    loss_values = []
    epochs = 40
    for epoch in range(epochs):
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()
        loss_values.append(loss.item())
        if (epoch + 1) % 10 == 0:
            print(f"lr {lr}, Epoch [{epoch + 1}/{epochs}], Loss: {loss.item():.4f}")
