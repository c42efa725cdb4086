"""The training loop: predict, compare, go backward, step; again and again.

`_train_one_epoch` is the whole of learning, in the order in which lectures give it. Everything else is around it: what
is noted down, when to stop, and what is kept for going on after an interruption.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from os import PathLike
from typing import Any, Literal

from tinygrad_vn.language import current_language
from tinygrad_vn.nn.module import Module
from tinygrad_vn.optim import Optimizer
from tinygrad_vn.optim.stopping import StoppingRule
from tinygrad_vn.phrases import said
from tinygrad_vn.training.batches import as_batches
from tinygrad_vn.training.callbacks import Callback, Snapshots
from tinygrad_vn.training.checks import check_callbacks, check_given, explains_calls
from tinygrad_vn.training.evaluation import Loss, as_metrics
from tinygrad_vn.training.history import History
from tinygrad_vn.training.interrupt import Interruption, interruptible
from tinygrad_vn.training.progress import Display, display, tell
from tinygrad_vn.training.resume import Checkpoint
from tinygrad_vn.training.run import Run, as_callbacks
from tinygrad_vn.training.words import say


@explains_calls
def fit(
    model: Module,
    loss: Loss,
    optimizer: Optimizer,
    data: Any,
    *,
    epochs: int,
    valid: Any = None,
    metrics: Any = (),
    schedule: Any = None,
    stop: StoppingRule | None = None,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    callbacks: Iterable[Callback | Callable[[Run], Any]] = (),
    snapshots: int | Collection[int] | None = None,
    progress: str | bool = "auto",
    jit: bool | Literal["auto"] = False,
) -> History:
    """Train a model, in training mode; afterwards it is in eval mode, ready to predict.

        history = fit(model, nn.MSELoss(), optimizer, DataLoader((X, y), batch_size=32), epochs=20)
        model(X_new)

    Whoever trains on with a loop of his own calls model.train() first, as in PyTorch. `fit` does so itself where the
    model is in eval mode; where it is in training mode, parts that were set to eval mode stay in it.

    Args:
        model: the model.
        loss: takes (prediction, target) and gives a single number, a module or a function. A penalty is a term of it:
            `lambda p, t: F.mse_loss(p, t) + nn.l1_penalty(model, 1e-3)`.
        optimizer: over the model's parameters. LBFGS makes one step of up to `max_iter` moves per batch, and gives its
            best on all data at once.
        data: a DataLoader, or a loader of one's own with `__iter__` and `__len__`; a tuple of arrays (x, y) or a
            dataset of such, for one step per epoch on all of it; or a list of batches (x, y). What stands before the
            target are the model's arguments.
        epochs: how often to go through the data in all, what a resumed run has behind it included.
        valid: data to judge by after every epoch, in eval mode; given like `data`.
        metrics: "accuracy" or "mae"; functions (prediction, target) → number, each named by its `__name__`; or a
            dictionary of them. Computed on the training batches as they come, and on the validation data.
        schedule: a learning-rate schedule of optim.lr_scheduler; stepped after every batch or epoch, as it wants it.
            ReduceLROnPlateau looks at the validation loss, or without validation data at the training loss.
        stop: a rule of optim.stopping; what it says is found in `history.stopped_by`.
        checkpoint: a file that is written after every epoch and when the run is interrupted.
        checkpoint_every: write it after every so many epochs only, and at the end.
        resume: go on from the checkpoint, where there is one, at the rates that the run had come to. Parameters come
            out bit by bit as if there had been no interruption. The program has to say again what it said at first:
            another setting of loss, optimizer, schedule, rule or data is an error that names it; only `epochs` may
            grow. A run that was ended by a rule stays ended.
        callbacks: what else is to happen, and when; a plain function is called with the run after every epoch.
        snapshots: keep the parameters of these epochs in `history.snapshots`; a number n: of every n-th epoch.
        jit: record the forward and the backward pass, and replay them without the bookkeeping (`tg.jit`): the same
            numbers to the last bit, in a fraction of the time where the net is small. Where a model cannot be
            replayed, a warning (E17) says why and it is trained as always; "auto" does so without a word.
        progress: "bar" (needs tqdm), "lines", or False for none; "auto" is a bar on a terminal and in a notebook, and
            lines elsewhere. It goes to the error channel.

    Returns:
        What the run was like. Ctrl-C and SIGTERM end the run after the present step, and `fit` returns as usual, with
        `history.interrupted` True: the program decides what to do then. A second Ctrl-C acts at once. Only the main
        thread notices signals.

    Raises:
        DivergedError: the loss or a gradient is NaN or infinite; the parameters are as before that step.
        TypeError, ValueError: what was given does not fit together, or not with the checkpoint; nothing has changed.
    """
    listed = as_callbacks(callbacks) + ([] if snapshots is None else [Snapshots(snapshots)])
    check_given(model, loss, optimizer, schedule, stop, epochs, progress)
    check_callbacks(listed, optimizer)
    held_out = None if valid is None else as_batches(valid, "valid")
    batches = as_batches(data)
    run = Run(model, loss, optimizer, batches, epochs, held_out, as_metrics(metrics, loss), schedule, stop, listed, jit)
    if stop is not None:
        stop.reset()
    saved = Checkpoint(run, checkpoint, checkpoint_every, resume)
    if saved.is_resumed and progress:
        _tell_of_resuming(run, checkpoint)
    if not model.training:
        model.train()
    for callback in run.callbacks:
        callback.on_start(run)
    try:
        with interruptible() as interruption, display(run, progress) as show:
            _train(run, saved, interruption, show)
    finally:
        model.eval()
        for callback in run.callbacks:
            callback.on_end(run)
    if run.history.interrupted and progress:
        _tell_of_interruption(run, checkpoint)
    return run.history


def _train(run: Run, saved: Checkpoint, interruption: Interruption, show: Display) -> None:
    """Epoch after epoch, until all are done, a rule or a callback ends the run, or a signal interrupts it."""
    while run.goes_on:
        run.begin_epoch()
        is_whole = _train_one_epoch(run, interruption, show)
        if is_whole:
            run.end_epoch()
            show.epoch(run)
        run.history.interrupted = interruption.asked and not run.is_stopped and (not is_whole or run.goes_on)
        saved.write(run, is_last=run.history.interrupted or not run.goes_on)
        if run.history.interrupted:
            return
    if run.stop is not None:  # only now: the checkpoint has what training would go on from
        run.stop.restore(run.parameters.values(), run.buffers)


def _train_one_epoch(run: Run, interruption: Interruption, show: Display) -> bool:
    """Go through the data once; False where a signal interrupted it in the middle."""
    for batch in run.batches():
        run.take_up(batch)
        loss = run.forward_and_backward(batch)
        run.passes += 1
        if any(callback.holds_back(run) for callback in run.callbacks) and run.batch < run.n_batches:
            continue
        run.note_gradients()
        for callback in run.callbacks:
            callback.before_step(run)
        run.optimizer.step(run.closure(loss, batch), accumulate=run.passes > 1)
        run.after_step()
        show.step(run)
        if run.is_stopped:
            return True
        if interruption.asked and run.batch < run.n_batches:
            return False
    if not run.batch:
        raise ValueError(said("the data gave no batch in this epoch"))
    return True


def _tell_of_resuming(run: Run, checkpoint: str | PathLike[str] | None) -> None:
    """One line on the error channel: from where the run goes on, or why it does not."""
    key = "resumed" if run.goes_on else "resumed, stopped" if run.is_stopped else "resumed, done"
    reason = run.history.stopped_by
    epoch, epochs = run.epoch, run.epochs
    if run.batch:
        key = "resumed within"
        epoch += 1
    tell(say(key, current_language(), path=checkpoint, epoch=epoch, epochs=epochs, batch=run.batch, reason=reason))


def _tell_of_interruption(run: Run, checkpoint: str | PathLike[str] | None) -> None:
    """One line on the error channel: where the run stopped, and how it goes on."""
    key = "interrupted, not saved" if checkpoint is None else "interrupted, saved"
    tell(say(key, current_language(), epoch=run.epoch, batch=run.batch or run.n_batches, path=checkpoint))
