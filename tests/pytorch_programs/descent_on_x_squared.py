import torch


def loss_function(x):
    return x**2


x = torch.tensor([4.0], requires_grad=True)
learning_rate = 0.1
for i in range(10):
    loss = loss_function(x)
    loss.backward()
    with torch.no_grad():
        x -= learning_rate * x.grad
    x.grad.zero_()
    print(f"Iteration {i + 1}: x = {x.item()}, loss = {loss.item()}")
