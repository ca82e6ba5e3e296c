"""Spec files with faults: every fault with its place, value, rule and the way out, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec

FAULTS = {
    "schedule-under-another-key": (
        "scheduler: cosine\nT_max: abc\nlrr: 3\n",
        [
            "1:1: needs the key 'schedule'; write it instead of 'scheduler'",
            "2:8: T_max must be a number (got 'abc')",
            "3:1: unknown parameter 'lrr' for torch.CosineAnnealingLR; did you mean 'lr'?",
        ],
    ),
    "thousands": (
        "schedule: cosine\nT_max: 1,000\n",
        ["2:8: T_max must be a number (got '1,000'); write 1000"],
    ),
    "percent": (
        "schedule: onecycle\nmax_lr: 0.1\ntotal_steps: 100\npct_start: 30\n",
        ["4:12: pct_start must be at most 1 (got 30); 30% is 0.3"],
    ),
    "typo-dialect": (
        "schedule: tourch.StepLR\nstep_size: 10\n",
        [
            "1:11: unknown schedule 'tourch.StepLR'; did you mean 'torch.StepLR'?",
        ],
    ),
    "dialect-wrong-lib": (
        "schedule: torch.CosineDecay\ndecay_steps: 100\n",
        [
            "1:11: unknown schedule 'torch.CosineDecay'; did you mean 'keras.CosineDecay'?",
        ],
    ),
    "keras-names-in-torch": (
        "schedule: torch.CosineAnnealingLR\ndecay_steps: 100\nalpha: 0.01\n",
        [
            "2:1: unknown parameter 'decay_steps' for torch.CosineAnnealingLR; did you "
            "mean 'T_max'?",
            "3:1: unknown parameter 'alpha' for torch.CosineAnnealingLR; did you mean 'eta_min'?",
        ],
    ),
    "torch-names-in-keras": (
        "schedule: keras.CosineDecay\nT_max: 100\neta_min: 1e-4\n",
        [
            "1:1: keras.CosineDecay needs initial_learning_rate (rate at step 0), for "
            "example initial_learning_rate: 0.1, or give lr (the peak)",
            "2:1: unknown parameter 'T_max' for keras.CosineDecay; did you mean 'decay_steps'?",
            "3:1: unknown parameter 'eta_min' for keras.CosineDecay; did you mean 'alpha'?",
        ],
    ),
    "optax-torch": (
        "schedule: optax.cosine_decay_schedule\nT_max: 100\nlr: 0.1\n",
        [
            "2:1: unknown parameter 'T_max' for optax.cosine_decay_schedule; did you mean "
            "'decay_steps'?",
        ],
    ),
    "hf-torch": (
        "schedule: transformers.cosine\nwarmup_steps: 100\ntotal_steps: 1000\n",
        [
            "3:1: unknown parameter 'total_steps' for transformers.cosine; did you mean "
            "'num_training_steps'?",
        ],
    ),
    "timm-names": (
        "schedule: timm.cosine\nepochs: 300\nwarmup_epochs: 5\nmin_lr: 1e-5\n",
        [
            "3:1: unknown parameter 'warmup_epochs' for timm.cosine; did you mean 'warmup_t'?",
            "4:1: unknown parameter 'min_lr' for timm.cosine; did you mean 'lr_min'?",
        ],
    ),
    "wrong-type-text": (
        "schedule: step\nstep_size: ten\ngamma: 0.5\n",
        [
            "2:12: step_size must be a number (got 'ten')",
        ],
    ),
    "wrong-type-list": (
        "schedule: step\nstep_size: [10]\n",
        [
            "2:12: step_size must be a number (got [10])",
        ],
    ),
    "bool-as-number": (
        "schedule: step\nstep_size: true\n",
        [
            "2:12: step_size must be a number (got true)",
        ],
    ),
    "null-value": (
        "schedule: step\nstep_size:\ngamma: 0.1\n",
        [
            "2:11: step_size must be a number (got null)",
        ],
    ),
    "null-known": (
        "schedule: cosine\nT_max: null\n",
        [
            "2:8: T_max must be a number (got null)",
        ],
    ),
    "missing": (
        "schedule: step\ngamma: 0.1\n",
        [
            "1:1: torch.StepLR needs step_size (steps between two drops), for example "
            "step_size: 30",
        ],
    ),
    "missing-many": (
        "schedule: transformers.cosine\n",
        [
            "1:1: transformers.cosine needs num_warmup_steps (steps of the warm-up, or "
            "their share of the run), for example num_warmup_steps: 10, or give warmup "
            "(the warm-up)",
            "1:1: transformers.cosine needs num_training_steps (steps of the run), for "
            "example num_training_steps: 100, or give steps (the run's length)",
        ],
    ),
    "unknown-key": (
        "schedule: cosine\nT_max: 100\nmomentumm: 0.9\n",
        [
            "3:1: unknown parameter 'momentumm' for torch.CosineAnnealingLR; it has T_max "
            "and eta_min",
        ],
    ),
    "huge": (
        "schedule: cosine\nT_max: 100\nsteps: 1e12\n",
        [
            "3:8: steps must be at most 100,000,000 (got 1e12)",
        ],
    ),
    "steps-zero": (
        "schedule: cosine\nT_max: 100\nsteps: 0\n",
        [
            "3:8: steps must be greater than 0 (got 0)",
        ],
    ),
    "lr-text": (
        "schedule: cosine\nT_max: 100\nlr: high\n",
        [
            "3:5: lr must be a number (got 'high')",
        ],
    ),
    "lr-negative": (
        "schedule: cosine\nT_max: 100\nlr: -0.1\n",
        [
            "3:5: lr must be at least 0 (got -0.1)",
        ],
    ),
    "lr-percent": (
        "schedule: cosine\nT_max: 100\nlr: 10%\n",
        [
            "3:5: lr must be a number (got '10%')",
        ],
    ),
    "lr-unit": (
        "schedule: cosine\nT_max: 100\nlr: 1e-3x\n",
        [
            "3:5: lr must be a number (got '1e-3x')",
        ],
    ),
    "by-wrong": (
        "schedule: cosine\nT_max: 100\nby: epochs\n",
        [
            "3:5: by must be 'step' or 'epoch' (got 'epochs')",
        ],
    ),
    "by-typo": (
        "schedule: cosine\nT_max: 100\nby: stp\n",
        [
            "3:5: by must be 'step' or 'epoch' (got 'stp')",
        ],
    ),
    "two-faults": (
        "schedule: step\nstep_size: 0\ngama: 0.1\nlr: abc\n",
        [
            "2:12: step_size must be at least 1 (got 0)",
            "3:1: unknown parameter 'gama' for torch.StepLR; did you mean 'gamma'?",
            "4:5: lr must be a number (got 'abc')",
        ],
    ),
    "four-faults": (
        "schedule: onecycle\nmax_lr: x\ntotal_steps: -4\npct_start: 2\nanneal_strategy: cosine\n",
        [
            "2:9: max_lr must be a number (got 'x')",
            "3:14: total_steps must be greater than 0 (got -4)",
            "4:12: pct_start must be at most 1 (got 2)",
            "5:18: anneal_strategy must be 'cos' or 'linear' (got 'cosine')",
        ],
    ),
    "choice": (
        "schedule: onecycle\nmax_lr: 0.1\ntotal_steps: 100\nanneal_strategy: cosinus\n",
        [
            "4:18: anneal_strategy must be 'cos' or 'linear' (got 'cosinus')",
        ],
    ),
    "dup-key": (
        "schedule: step\nstep_size: 10\nstep_size: 20\n",
        [
            "3:1: repeated key 'step_size' (first in line 2)",
        ],
    ),
    "dup-key-spelling": (
        "schedule: cosine\nT_max: 10\nt_max: 20\n",
        [
            "3:1: repeated key 't_max' (first in line 2)",
        ],
    ),
    "tab-indent": (
        "curves:\n\t- schedule: cosine\n\t  T_max: 100\n",
        [
            "2:1: is not YAML: found character '\\t' that cannot start any token; write "
            "spaces instead of tabs",
        ],
    ),
    "tab-after": (
        "schedule:\tcosine\nT_max:\t100\nbad:\n\tx: 1\n",
        [
            "1:10: is not YAML: found character '\\t' that cannot start any token; write "
            "spaces instead of tabs",
        ],
    ),
    "bad-indent": (
        "schedule: cosine\n T_max: 100\n",
        [
            "2:7: is not YAML: mapping values are not allowed here; check the indentation "
            "and the line before, and put text with a colon in quotes",
        ],
    ),
    "bad-indent-2": (
        "schedule: cosine\nT_max: 100\n  eta_min: 0.1\n",
        [
            "3:10: is not YAML: mapping values are not allowed here; check the indentation "
            "and the line before, and put text with a colon in quotes",
        ],
    ),
    "missing-colon": (
        "schedule cosine\nT_max: 100\n",
        [
            "2:6: is not YAML: mapping values are not allowed here; check the indentation "
            "and the line before, and put text with a colon in quotes",
        ],
    ),
    "missing-space": (
        "schedule:cosine\nT_max:100\n",
        [
            "1:1: must be a mapping with the key 'schedule' (got 'schedule:cosine "
            "T_max:100'); write a space after each colon",
        ],
    ),
    "no-close": (
        "schedule: sequential\nmilestones: [10\nschedules: []\n",
        [
            "3:10: is not YAML: expected ',' or ']', but got ':'; a list ends with ]",
        ],
    ),
    "quote": (
        'schedule: "cosine\nT_max: 100\n',
        [
            "3:1: is not YAML: found unexpected end of stream; a quote is not closed",
        ],
    ),
    "nested-params": (
        "schedule: cosine\nparams:\n  T_max: 100\n",
        [
            "2:1: unknown parameter 'params' for torch.CosineAnnealingLR; write the "
            "parameters in it beside 'schedule'",
        ],
    ),
    "nested-name": (
        "schedule:\n  name: cosine\n  T_max: 100\n",
        [
            "2:3: schedule must be a name (got {name: 'cosine', T_max: 100}); write "
            "schedule: cosine, and its parameters beside it",
        ],
    ),
    "nested-as-key": (
        "cosine:\n  T_max: 100\n",
        [
            "1:1: is not a schedule that lrviz knows: it has neither the key 'schedule' "
            "nor those of a training config; write schedule: cosine, and its parameters "
            "beside it",
        ],
    ),
    "type-instead": (
        "type: cosine\nT_max: 100\n",
        [
            "1:1: is not a schedule that lrviz knows: it has neither the key 'schedule' "
            "nor those of a training config; write schedule: cosine instead of type: cosine",
        ],
    ),
    "name-instead": (
        "name: cosine\nT_max: 100\n",
        [
            "1:1: is not a schedule that lrviz knows: it has neither the key 'schedule' "
            "nor those of a training config; write schedule: cosine instead of name: cosine",
        ],
    ),
    "scheduler-key": (
        "scheduler: CosineAnnealingLR\nT_max: 100\n",
        [
            "1:1: needs the key 'schedule'; write it instead of 'scheduler'",
        ],
    ),
    "no-schedule": (
        "T_max: 100\nlr: 0.1\n",
        [
            "1:1: needs the key 'schedule', for example schedule: cosine",
        ],
    ),
    "list-top": (
        "- schedule: cosine\n  T_max: 100\n",
        [
            "1:1: is not a schedule that lrviz knows: it has neither the key 'schedule' "
            "nor those of a training config; several curves are a list under the key "
            "'curves'",
        ],
    ),
    "only-comment": (
        "# nothing\n",
        [
            " is empty; a spec needs at least the key 'schedule'",
        ],
    ),
    "scalar": (
        "cosine\n",
        [
            "1:1: must be a mapping with the key 'schedule' (got 'cosine'); write schedule: cosine",
        ],
    ),
    "seq-no-milestones": (
        "schedule: sequential\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10}\n"
        "  - {schedule: cosine, T_max: 90}\n",
        [
            "1:1: torch.SequentialLR needs milestones (the steps at which the next one "
            "takes over), for example milestones: [10]",
        ],
    ),
    "seq-count": (
        "schedule: sequential\n"
        "milestones: [10, 20]\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10}\n"
        "  - {schedule: cosine, T_max: 90}\n",
        [
            "2:13: SequentialLR expects one milestone less than schedules (got 2 schedules "
            "and 2 milestones)",
        ],
    ),
    "seq-order": (
        "schedule: sequential\n"
        "milestones: [50, 20]\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10}\n"
        "  - {schedule: cosine, T_max: 90}\n"
        "  - {schedule: cosine, T_max: 90}\n",
        [
            "2:13: milestones must be in ascending order, each once (got [50, 20])",
        ],
    ),
    "seq-child-typo": (
        "schedule: sequential\n"
        "milestones: [10]\n"
        "schedules:\n"
        "  - {schedule: linear, total_itres: 10}\n"
        "  - {schedule: cosne, T_max: 90}\n",
        [
            "4:24: unknown parameter 'total_itres' for torch.LinearLR; did you mean 'total_iters'?",
            "5:16: unknown schedule 'cosne'; did you mean 'cosine'?",
        ],
    ),
    "seq-child-missing": (
        "schedule: sequential\n"
        "milestones: [10]\n"
        "schedules:\n"
        "  - {schedule: linear}\n"
        "  - {T_max: 90}\n",
        [
            "5:5: schedules[1] needs the key 'schedule' (got {T_max: 90})",
        ],
    ),
    "seq-child-keras": (
        "schedule: sequential\n"
        "milestones: [10]\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10}\n"
        "  - {schedule: keras.CosineDecay, initial_learning_rate: 0.1, decay_steps: 90}\n",
        [
            "5:5: torch.SequentialLR runs schedules of torch only (got keras.CosineDecay)",
        ],
    ),
    "seq-child-plateau": (
        "schedule: sequential\n"
        "milestones: [10]\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10}\n"
        "  - {schedule: plateau, metric: [1,2]}\n",
        [
            "5:5: SequentialLR does not support ReduceLROnPlateau, which needs a metric at "
            "each step (got one at index 1)",
        ],
    ),
    "seq-child-lr": (
        "schedule: sequential\n"
        "milestones: [10]\n"
        "schedules:\n"
        "  - {schedule: linear, total_iters: 10, lr: 0.1}\n"
        "  - {schedule: cosine, T_max: 90}\n",
        [
            "4:41: unknown parameter 'lr' for torch.LinearLR; write it beside the "
            "outermost 'schedule'",
        ],
    ),
    "seq-not-list": (
        "schedule: sequential\nmilestones: [10]\nschedules: {schedule: linear}\n",
        [
            "3:12: schedules must be a list (got {schedule: 'linear'}); write "
            "[{schedule: 'linear'}]",
        ],
    ),
    "milestones-mapping": (
        "schedule: multistep\nmilestones: {steps: 3}\n",
        ["2:13: milestones must be a list (got {steps: 3})"],
    ),
    "phase-number": (
        "schedule: piecewise\ntotal_steps: 9\nphases: [3, {to: 1}]\n",
        [
            "3:10: phases[0] must be a mapping (got 3), as {steps: '10%', to: 1}",
        ],
    ),
    "seq-milestone-scalar": (
        "schedule: sequential\n"
        "milestones: 10\n"
        "schedules: [linear, {schedule: cosine, T_max: 90}]\n",
        [
            "2:13: milestones must be a list (got 10); write [10]",
        ],
    ),
    "chained-empty": (
        "schedule: chained\nschedules: []\n",
        [
            "2:12: ChainedScheduler expects at least one scheduler, but got no scheduler",
        ],
    ),
    "plateau-no-metric": (
        "schedule: plateau\nfactor: 0.5\n",
        [
            "1:1: torch.ReduceLROnPlateau needs metric (the metric: FILE.csv:COLUMN, a list, "
            "or a simulated loss), for example metric: {simulate: {}}",
        ],
    ),
    "plateau-csv-missing": (
        "schedule: plateau\nmetric: {csv: nothere.csv, column: loss}\n",
        [
            "2:9: metric nothere.csv cannot be read: No such file or directory",
        ],
    ),
    "plateau-metric-typo": (
        "schedule: plateau\nmetric: {cvs: loss.csv, column: loss}\n",
        [
            "2:9: metric must be a list of numbers, FILE.csv:COLUMN or {simulate: {...}}",
        ],
    ),
    "plateau-metric-text": (
        "schedule: plateau\nmetric: [1, 2, three]\n",
        [
            "2:9: metric must contain only numbers (got 'three')",
        ],
    ),
    "plateau-factor": (
        "schedule: plateau\nfactor: 1.5\nmetric: [1,2]\n",
        [
            "2:9: factor must be less than 1 (got 1.5)",
        ],
    ),
    "plateau-mode": (
        "schedule: plateau\nmode: minimum\nmetric: [1,2]\n",
        [
            "2:7: mode must be 'min' or 'max' (got 'minimum')",
        ],
    ),
    "plateau-too-few": (
        "schedule: plateau\nmetric: [1,2,3]\nsteps: 10\n",
        [
            "1:1: metric has 3 values, and 10 steps use 9",
        ],
    ),
    "lambda-syntax": (
        'schedule: lambda\nlr_lambda: "1 if t < 20"\n',
        [
            "2:12: lr_lambda is not arithmetic: expected 'else' after 'if' expression (got "
            "'1 if t < 20')",
        ],
    ),
    "lambda-name": (
        'schedule: lambda\nlr_lambda: "0.5 ** (epochs // 30)"\n',
        [
            "2:12: lr_lambda has the unknown name 'epochs' (allowed: t, step, epoch, pi, "
            "e); did you mean 'epoch'?",
        ],
    ),
    "lambda-math": (
        'schedule: lambda\nlr_lambda: "math.cos(t)"\n',
        [
            "2:12: lr_lambda may contain only numbers, t, step, epoch, pi, e, operators, "
            "comparisons, if else, and or not, and min max abs sqrt exp log log10 sin cos "
            "tan floor ceil (got 'math.cos(t)')",
        ],
    ),
    "lambda-np": (
        'schedule: lambda\nlr_lambda: "np.exp(-t)"\n',
        [
            "2:12: lr_lambda may contain only numbers, t, step, epoch, pi, e, operators, "
            "comparisons, if else, and or not, and min max abs sqrt exp log log10 sin cos "
            "tan floor ceil (got 'np.exp(-t)')",
        ],
    ),
    "lambda-list": (
        'schedule: lambda\nlr_lambda: ["0.9 ** t"]\n',
        [
            "2:12: lr_lambda must be arithmetic, as text (got ['0.9 ** t'])",
        ],
    ),
    "lambda-div": (
        'schedule: lambda\nlr_lambda: "1 / t"\n',
        [
            "1:1: torch.LambdaLR: lr_lambda has no finite value at step 0 (got inf): 1 / t",
        ],
    ),
    "curves-not-list": (
        "curves:\n  schedule: cosine\n  T_max: 100\n",
        [
            "2:3: curves must be a list with at least one curve",
        ],
    ),
    "curves-empty": (
        "curves: []\n",
        [
            "1:9: curves must be a list with at least one curve",
        ],
    ),
    "curves-unknown-key": (
        "title: x\ntitel: y\ncurves:\n  - {schedule: cosine, T_max: 100}\n",
        [
            "2:1: unknown key 'titel' beside curves; did you mean 'title'?",
        ],
    ),
    "curves-wrong-child": (
        "curves:\n"
        "  - {schedule: cosine, T_max: 100}\n"
        "  - {schedule: stepp, step_size: 3}\n"
        "  - {schedule: step, step_size: -3}\n"
        "  - 5\n",
        [
            "3:16: unknown schedule 'stepp'; did you mean 'step'?",
            "4:33: step_size must be at least 1 (got -3)",
            "5:5: must be a mapping with the key 'schedule' (got 5)",
        ],
    ),
    "sweep-unknown": (
        "curves:\n  - {schedule: cosine, T_max: 100, sweep: {T_min: [1, 2]}}\n",
        [
            "2:44: unknown parameter 'T_min' for torch.CosineAnnealingLR; did you mean 'eta_min'?",
        ],
    ),
    "sweep-empty": (
        "curves:\n  - {schedule: cosine, T_max: 100, sweep: {eta_min: []}}\n",
        [
            "2:53: sweep of eta_min needs a list with at least one value (got [])",
        ],
    ),
    "sweep-not-list": (
        "schedule: cosine\nT_max: 100\nsweep: {eta_min: 0.1}\n",
        [
            "3:18: sweep of eta_min needs a list with at least one value (got 0.1)",
        ],
    ),
    "sweep-list": (
        "schedule: cosine\nT_max: [50, 60]\n",
        [
            "2:8: T_max must be a number (got [50, 60]); sweep: {T_max: [50, 60]} makes a "
            "curve of each",
        ],
    ),
    "sweep-bad-value": (
        "schedule: poly\ntotal_iters: 100\nsweep: {power: [1, two, 3]}\n",
        [
            "3:16: power must be a number (got 'two')",
        ],
    ),
    "run-contradict": (
        "schedule: cosine\nT_max: 100\nepochs: 10\nsteps_per_epoch: 100\nsteps: 2000\n",
        [
            "5:8: steps contradicts epochs: 10 epochs x 100 steps = 1,000 steps (got 2,000)",
        ],
    ),
    "run-contradict-data": (
        "schedule: cosine\n"
        "T_max: 100\n"
        "epochs: 10\n"
        "dataset_size: 50000\n"
        "batch_size: 128\n"
        "world_size: 8\n"
        "steps_per_epoch: 50\n",
        [
            "7:18: steps_per_epoch contradicts the data: ceil(50,000 samples / 8 "
            "processes) = 6,250, ceil(6,250 / 128 per batch) = 49, ceil(49 / 1 "
            "accumulated) = 49 steps per epoch (got 50)",
        ],
    ),
    "run-tokens": (
        "schedule: cosine\n"
        "T_max: 100\n"
        "sequence_length: 2048\n"
        "batch_size: 8\n"
        "tokens_per_step: 16000\n",
        [
            "5:18: tokens_per_step contradicts sequence_length x batch_size x grad_accum x "
            "world_size = 2,048 x 8 x 1 x 1 = 16,384 (got 16,000)",
        ],
    ),
    "run-ep-no": (
        "schedule: cosine\nT_max: 10ep\n",
        [
            "2:8: 10ep needs the steps of an epoch: give steps_per_epoch, or dataset_size "
            "and batch_size",
        ],
    ),
    "run-tok-no": (
        "schedule: cosine\nT_max: 2e9tok\n",
        [
            "2:8: 2e9tok needs the tokens of a step: give tokens_per_step (--tokens-per-step), or "
            "sequence_length and batch_size",
        ],
    ),
    "unit-typo": (
        "schedule: cosine\nT_max: 10epcs\n",
        [
            "2:8: T_max must be a number (got '10epcs'); scales are k, M, B and T, units ep "
            "(epochs), st or ba (steps), tok (tokens), % or dur (of the run)",
        ],
    ),
    "unit-typo2": (
        "schedule: cosine\nT_max: 5k times\n",
        [
            "2:8: T_max must be a number (got '5k times'); scales are k, M, B and T, units ep "
            "(epochs), st or ba (steps), tok (tokens), % or dur (of the run)",
        ],
    ),
    "warmup-bad": (
        "schedule: cosine\nT_max: 90\nwarmup: {step: 10}\n",
        [
            "3:10: unknown parameter 'step' for warmup; did you mean 'steps'?",
        ],
    ),
    "warmup-neg": (
        "schedule: cosine\nT_max: 90\nwarmup: -1\n",
        [
            "3:9: warmup must be at least 0 (got -1)",
        ],
    ),
    "warmup-keras": (
        "schedule: keras.CosineDecay\ninitial_learning_rate: 0.1\ndecay_steps: 90\nwarmup: 10\n",
        [
            "4:9: keras.CosineDecay takes no warm-up before it; write warmup_steps: 10 in its "
            "place",
        ],
    ),
    "figure-bad": (
        "curves: [{schedule: cosine, T_max: 100}]\nsize: big\nstyle: solarized\nlog_y: maybe\n",
        [
            "2:7: size must be WIDTHxHEIGHT in inches, as 8x4.5 (got 'big')",
            "3:8: style must be 'light', 'dark' or 'paper' (got 'solarized')",
            "4:8: log_y must be true or false (got 'maybe')",
        ],
    ),
    "dataset-small": (
        "schedule: cosine\n"
        "T_max: 100\n"
        "epochs: 3\n"
        "dataset_size: 10\n"
        "batch_size: 128\n"
        "drop_last: true\n",
        [
            "4:15: dataset_size 10 has no complete batch: floor(10 samples / 1 process) = "
            "10, floor(10 / 128 per batch) = 0, ceil(0 / 1 accumulated) = 0 steps per epoch",
        ],
    ),
    "epochs-zero": (
        "schedule: cosine\nT_max: 100\nepochs: 0\n",
        [
            "3:9: epochs must be greater than 0 (got 0)",
        ],
    ),
    "batch-size-text": (
        'schedule: cosine\nT_max: 100\nepochs: 3\ndataset_size: 50k\nbatch_size: "128"\n',
        [
            "5:13: batch_size must be a whole number (got '128'); write it without quotes",
        ],
    ),
    "digits-of-a-script": (
        "schedule: cosine\nT_max: \u0661\u0662\n",
        [
            "2:8: T_max must be a number (got '\u0661\u0662')",
        ],
    ),
    "simulation-text": (
        "schedule: plateau\n"
        "metric: {simulate: {start: two, noise: '2', jitter: true, seed: 1.5}}\nsteps: 9\n",
        [
            "2:9: start must be a number (got 'two')",
            "2:9: noise must be a number (got '2'); write it without quotes",
            "2:9: jitter must be a number (got true)",
            "2:9: seed must be a whole number (got 1.5)",
        ],
    ),
    "milestones-text": (
        "schedule: multistep\nmilestones: 30, 60\n",
        [
            "2:13: milestones must be a list (got '30, 60'); write [30, 60]",
        ],
    ),
    "milestones-neg": (
        "schedule: multistep\nmilestones: [30, -60]\n",
        [
            "2:18: milestones[1] must be at least 0 (got -60)",
        ],
    ),
    "milestones-nested": (
        "schedule: multistep\nmilestones: [[30, 60]]\n",
        [
            "2:14: milestones[0] must be a whole number (got [30, 60])",
        ],
    ),
    "milestones-text-items": (
        "schedule: multistep\nmilestones: [30, sixty, 9.5]\n",
        [
            "2:18: milestones[1] must be a whole number (got 'sixty')",
            "2:25: milestones[2] must be a whole number (got 9.5)",
        ],
    ),
    "values-count": (
        "schedule: keras.PiecewiseConstantDecay\nboundaries: [10, 20]\nvalues: [0.1, 0.01]\n",
        [
            "2:13: keras.PiecewiseConstantDecay: the length of boundaries should be 1 less "
            "than the length of values (got 2 boundaries and 2 values)",
        ],
    ),
    "inf": (
        "schedule: cosine\nT_max: .inf\neta_min: .nan\n",
        [
            "2:8: T_max must be a finite number (got .inf)",
            "3:10: eta_min must be a finite number (got .nan)",
        ],
    ),
    "optax-bs": (
        "schedule: optax.piecewise_constant_schedule\n"
        "init_value: 0.1\n"
        "boundaries_and_scales: [30, 0.1]\n",
        [
            "3:24: boundaries_and_scales must be a mapping from steps to factors (got [30, 0.1])",
        ],
    ),
    "flow-json": (
        '{"schedule": "cosine", "T_max": 100,, "eta_min": 0.1}\n',
        [
            "1:37: is not YAML: expected the node content, but found ','",
        ],
    ),
    "anchor": (
        "schedule: cosine\nT_max: *tm\n",
        [
            "2:8: is not YAML: found undefined alias 'tm'; define it before with &, or put "
            "text that begins with * in quotes",
        ],
    ),
    "two-docs": (
        "schedule: cosine\nT_max: 100\n---\nschedule: step\nstep_size: 10\n",
        [
            "3:1: is not YAML: found another document; a spec is one document, and several "
            "curves are a list under the key 'curves'",
        ],
    ),
    "unknown-name-and-values": (
        "schedule: stepp\nstep_size: 0\ngama: 0.1\nT_max: 5\nlr: -1\nzzz: 1\n",
        [
            "1:11: unknown schedule 'stepp'; did you mean 'step'?",
            "2:12: step_size must be at least 1 (got 0)",
            "3:1: unknown parameter 'gama' for torch.StepLR; did you mean 'gamma'?",
            "5:5: lr must be at least 0 (got -1)",
            "6:1: unknown parameter 'zzz' for torch.StepLR; it has step_size and gamma",
        ],
    ),
    "unknown-name-with-a-parameter": (
        "schedule: cosine_restarts\nT_0: 0\nlr: 1\n",
        [
            "1:11: unknown schedule 'cosine_restarts'; did you mean 'CosineAnnealingWarmRestarts'?",
            "2:6: T_0 must be greater than 0 (got 0)",
        ],
    ),
    "unknown-name-without-a-near-one": (
        "Schedule: xyzzy\nlr: -1\nsteps: ten\nzzz: 1\nlabel: a\n",
        [
            "1:11: unknown schedule 'xyzzy'; lrviz list shows all",
            "2:5: lr must be at least 0 (got -1)",
            "3:8: steps must be a whole number (got 'ten')",
        ],
    ),
    "unknown-names-of-several": (
        "stepss: 5\ncurves:\n- {schedule: cosin, T_max: 0, steps: -3}\n"
        "- {schedule: stepp, step_size: 1ep}\n",
        [
            "1:1: unknown key 'stepss' beside curves; did you mean 'steps'?",
            "3:14: unknown schedule 'cosin'; did you mean 'cosine'?",
            "3:28: T_max must be at least 1 (got 0)",
            "3:38: steps must be greater than 0 (got -3)",
            "4:14: unknown schedule 'stepp'; did you mean 'step'?",
            "4:32: 1ep needs the steps of an epoch: give steps_per_epoch, or dataset_size and "
            "batch_size",
        ],
    ),
    "length-of-the-run": (
        "steps: 10000\nwarmup: 500\ncurves:\n- {schedule: cosine}\n"
        "- {schedule: transformers.cosine, num_warmup_steps: 500}\n"
        "- {schedule: onecycle, max_lr: 0.001}\n- {schedule: optax.cosine_decay_schedule}\n",
        [
            "7:3: optax.cosine_decay_schedule needs init_value (rate at step 0), for example "
            "init_value: 0.1, or give lr (the peak)",
            "7:3: optax.cosine_decay_schedule takes no warm-up before it; take a schedule of "
            "optax that has one",
        ],
    ),
    "missing-and-more": (
        "schedule: onecycle\nsteps: 300\n",
        [
            "1:1: torch.OneCycleLR needs max_lr (rate at the top), for example max_lr: 0.1, or "
            "give lr (the peak)",
        ],
    ),
    "missing-one-of-two": (
        "schedule: transformers.cosine_with_min_lr\nnum_warmup_steps: 10\n"
        "num_training_steps: 100\n",
        [
            "1:1: transformers.cosine_with_min_lr: one of min_lr or min_lr_rate should be set; for "
            "example min_lr_rate: 0.1",
        ],
    ),
    "missing-schedules": (
        "schedule: sequential\nmilestones: [10]\n",
        [
            "1:1: torch.SequentialLR needs schedules (the schedules, in order), for example "
            "schedules: [{schedule: 'linear', start_factor: 0.1, total_iters: 10}, "
            "{schedule: 'cosine', T_max: 90}]",
        ],
    ),
}
"""The text of a spec file, and the lines after its name, by what is wrong."""


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, lines = FAULTS[fault]
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        tabulate(load_spec("a.yaml").curves)
    assert raised.value.lines() == [f"a.yaml:{line}" for line in lines]
