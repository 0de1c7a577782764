#!/usr/bin/env python3
# Writes reference.txt: the numbers that the tests of the update rules are held against. PyTorch 1.13.1's optimizers in
# float64; Lion, which it lacks, is a plain loop from program 1 of its paper. Run by hand, never by a test:
#   tests/optim/reference.py >tests/optim/reference.txt
import torch
from torch import optim

START = [1.0, -2.0, 0.5, 3.0, -0.25]  # four numbers of a (2, 2) weight, and a bias


def gradient(p, t):
    """Before step t = 1, 2, …: enough to make each term of an update matter."""
    slope, push, pace = [0.5, 1.5, 3.0, 0.25, 2.0], [1.0, -0.5, 0.75, 0.125, -2.0], [1, 2, 3, 4, 5]
    return [slope[i] * p[i] + push[i] * ((t * pace[i]) % 7 - 3) for i in range(5)]


class Lion:
    def __init__(self, params, lr, betas, weight_decay):
        self.params, self.lr, self.betas, self.decay = params, lr, betas, weight_decay
        self.m = [torch.zeros_like(p) for p in params]

    def step(self):
        with torch.no_grad():
            for p, m in zip(self.params, self.m):
                c = self.betas[0] * m + (1 - self.betas[0]) * p.grad
                p -= self.lr * (torch.sign(c) + self.decay * p)
                m.copy_(self.betas[1] * m + (1 - self.betas[1]) * p.grad)


VARIANTS = {
    'Sgd': lambda p: optim.SGD(p, lr=0.05),
    'Sgd, weight decay': lambda p: optim.SGD(p, lr=0.05, weight_decay=0.1),
    'Sgd, momentum': lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1),
    'Sgd, dampening': lambda p: optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.1),
    'Sgd, nesterov': lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
    'Adam': lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6),
    'Adam, weight decay': lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    'Adam, amsgrad': lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1, amsgrad=True),
    'AdamW': lambda p: optim.AdamW(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    'AdamW, amsgrad': lambda p: optim.AdamW(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1, amsgrad=True),
    'AdamW, defaults': lambda p: optim.AdamW(p),
    'RmsProp': lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-6),
    'RmsProp, weight decay': lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-6, weight_decay=0.1),
    'RmsProp, momentum': lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-6, weight_decay=0.1, momentum=0.7),
    'RmsProp, centered': lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-6, weight_decay=0.1, centered=True),
    'RmsProp, centered, momentum': lambda p: optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-6, momentum=0.7,
                                                            centered=True),
    'Adagrad': lambda p: optim.Adagrad(p, lr=0.1),
    'Adagrad, all': lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.05, weight_decay=0.1,
                                            initial_accumulator_value=0.5, eps=1e-6),
    'Adadelta': lambda p: optim.Adadelta(p),
    'Adadelta, all': lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
    'Lion': lambda p: Lion(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0),
    'Lion, weight decay': lambda p: Lion(p, lr=0.01, betas=(0.8, 0.95), weight_decay=0.1),
}

print('# The parameters after each of 20 steps: PyTorch 1.13.1 in float64, and Lion from its paper (reference.py).')
for name, make in VARIANTS.items():
    weight = torch.tensor(START[:4], dtype=torch.float64).reshape(2, 2).requires_grad_()
    bias = torch.tensor(START[4:], dtype=torch.float64).requires_grad_()
    optimizer = make([weight, bias])
    print(name)
    for t in range(1, 21):
        g = gradient(weight.flatten().tolist() + bias.tolist(), t)
        weight.grad = torch.tensor(g[:4], dtype=torch.float64).reshape(2, 2)
        bias.grad = torch.tensor(g[4:], dtype=torch.float64)
        optimizer.step()
        print(*(repr(x) for x in weight.flatten().tolist() + bias.tolist()))
