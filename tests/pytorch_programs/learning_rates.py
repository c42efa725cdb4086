import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.optim as optim


class SimpleModel(nn.Module):
    def __init__(self):
        super(SimpleModel, self).__init__()
        self.weight = nn.Parameter(torch.tensor([0.5]))

    def forward(self, x):
        return self.weight * x


model = SimpleModel()
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.5)
x = torch.tensor([2.0])
y = torch.tensor([4.0])
loss_values = []
epochs = 200
for epoch in range(epochs):
    optimizer.zero_grad()
    output = model(x)
    loss = criterion(output, y)
    loss.backward()
    optimizer.step()
    loss_values.append(loss.item())
    if (epoch + 1) % 100 == 0:
        print(f"Epoch [{epoch + 1}/{epochs}], Loss: {loss.item():.4f}")

print(f"Weight: {model.weight.item()}")
plt.plot(range(epochs), loss_values)
plt.title("Quá trình hội tụ với Learning Rate là 0.5")
plt.xlabel("Epoch")
plt.ylabel("Loss")
plt.grid(True)
plt.show()
