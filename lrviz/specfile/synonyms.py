"""Names that mean the same: what libraries, trainers and people call a setting or a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lrviz.core.register import fold

SAME_MEANING: tuple[frozenset[str], ...] = (
    frozenset({
        "lr", "peak", "learning_rate", "max_lr", "peak_lr", "base_lr", "initial_lr", "init_lr",
        "lr_max", "lr0", "peak_learning_rate", "max_learning_rate", "initial_learning_rate",
    }),
    frozenset({
        "floor", "min_lr", "lr_min", "eta_min", "end_lr", "lr_end", "final_lr", "min_learning_rate",
        "minimum_lr", "min_lr_ratio", "min_lr_rate",
    }),
    frozenset({
        "warmup", "warm_up", "warmup_steps", "num_warmup_steps", "warmup_iters", "warmup_epochs",
        "warmup_ratio", "warmup_proportion", "warmup_fraction", "warmup_tokens",
    }),
    frozenset({
        "steps", "total", "total_steps", "num_steps", "n_steps", "max_steps", "train_steps",
        "training_steps", "num_training_steps", "num_train_steps", "iterations", "iters",
        "num_iters", "max_iters", "total_iters", "train_iters", "length", "max_train_steps",
    }),
    frozenset({
        "epochs", "num_epochs", "n_epochs", "max_epochs", "total_epochs", "train_epochs",
        "num_train_epochs",
    }),
    frozenset({"steps_per_epoch", "epoch_steps", "iters_per_epoch", "batches_per_epoch"}),
    frozenset({
        "dataset_size", "data_size", "samples", "num_samples", "n_samples", "num_examples",
        "train_size", "train_samples",
    }),
    frozenset({
        "batch_size", "bs", "batch", "micro_batch_size", "train_batch_size",
        "per_device_batch_size", "per_device_train_batch_size",
    }),
    frozenset({
        "grad_accum", "accum", "accumulation", "accumulation_steps", "gradient_accumulation",
        "gradient_accumulation_steps", "grad_accumulation_steps", "accumulate_grad_batches",
    }),
    frozenset({
        "world_size", "gpus", "ngpus", "n_gpus", "num_gpus", "devices", "num_processes", "nproc",
        "nproc_per_node",
    }),
    frozenset({"tokens_per_step", "tokens_per_batch", "batch_tokens"}),
    frozenset({
        "sequence_length", "seq_length", "seq_len", "seqlen", "max_seq_length", "max_seq_len",
        "context_length", "block_size", "n_ctx",
    }),
    frozenset({
        "schedule", "scheduler", "sched", "lr_schedule", "lr_scheduler", "lr_scheduler_type",
        "scheduler_type", "scheduler_name", "lr_decay_style", "lr_policy", "spec", "config",
        "config_file", "cfg", "yaml", "input",
    }),
    frozenset({"d_model", "model_size", "model_dim", "hidden_size", "n_embd", "n_embed"}),
    frozenset({
        "warmup_lr_init", "warmup_init_lr", "warmup_lr", "warmup_start_lr", "lr_warmup_init",
    }),
    frozenset({"by", "interval", "scheduler_interval"}),
    frozenset({"label", "labels", "name", "names", "legend"}),
    frozenset({
        "output", "out", "outfile", "out_file", "save", "savefig", "file", "filename", "npz",
        "png", "svg", "pdf", "html", "out_dir", "outdir", "output_dir", "output_file", "o", "write",
    }),
    frozenset({"no_image", "no_picture", "no_png", "no_plot", "no_save", "text", "terminal"}),
    frozenset({"log_y", "log", "log_scale", "yscale", "semilogy"}),
    frozenset({"size", "figsize", "fig_size", "figure_size"}),
    frozenset({"dpi", "resolution"}),
    frozenset({"quiet", "silent", "no_notes"}),
    frozenset({"style", "theme", "dark", "light", "paper"}),
    frozenset({"json", "format"}),
    frozenset({"tsv", "sep", "delimiter", "separator"}),
    frozenset({"axis", "x", "x_axis", "xaxis", "x_unit", "unit", "units"}),
    frozenset({"facet", "subplots", "small_multiples", "grid"}),
    frozenset({"as", "framework", "target", "dialect", "library", "to"}),
    frozenset({"against", "plan", "reference", "expected", "vs", "schedule", "spec", "config"}),
    frozenset({"gamma", "decay_rate", "factor", "lr_decay", "drop_rate"}),
    frozenset({"step_size", "decay_steps", "transition_steps", "decay_t", "decay_epochs"}),
    frozenset({
        "decay", "decay_steps", "num_decay_steps", "decay_ratio", "cooldown", "cooldown_steps",
        "num_cooldown_steps", "decay_fraction", "decay_frac", "decay_share", "cooldown_fraction",
        "cooldown_ratio", "cooldown_frac",
    }),
    frozenset({"at", "at_step", "step"}),
    frozenset({"milestones", "boundaries", "decay_t", "boundaries_and_scales"}),
    frozenset({"t_0", "first_decay_steps", "t_initial", "first_cycle_steps"}),
    frozenset({"t_mult", "t_mul", "cycle_mul", "cycle_mult"}),
)  # fmt: skip
"""Sets of names for one thing, folded."""

LENGTH_IN_TOKENS = frozenset({
    "tokens", "total_tokens", "train_tokens", "training_tokens", "max_tokens", "num_tokens",
    "n_tokens", "max_train_tokens", "num_train_tokens", "token_budget",
})  # fmt: skip
"""What people call a run's length in tokens, which is a number of steps with a unit; folded."""


PLAIN_WORDS = frozenset({"first", "last", "middle", "pct", "start", "value"})
"""Words that one library has as a parameter, and that mean anything elsewhere; folded."""


def synonyms_of(word: str) -> Iterator[str]:
    """Yield every name that means the same as a word, folded."""
    for names in SAME_MEANING:
        if fold(word) in names:
            yield from names


def synonym(word: str, names: Iterable[str]) -> str | None:
    """Return the first of some names that means the same as a word, or None."""
    same = {*synonyms_of(word)}
    return next((name for name in names if fold(name) in same), None)
