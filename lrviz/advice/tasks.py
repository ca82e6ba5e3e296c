"""The tasks: what the article recommends for each, and where today's practice differs."""

from __future__ import annotations

from lrviz.advice.task import (
    ARTICLE,
    Recommendation,
    Task,
    gamma_to,
    share_of_peak,
    share_of_run,
    steps_at,
)

EPOCHS = {"epochs": 90}
STEPS = {"steps": 100_000}
BAG_OF_TRICKS = "He et al. 2019, arXiv:1812.01187"
CHINCHILLA = "Hoffmann et al. 2022 (Chinchilla), arXiv:2203.15556"
MINICPM = "Hu et al. 2024 (MiniCPM), arXiv:2404.06395"
COOLDOWN = "Hägele et al. 2024, arXiv:2405.18392"
STRAIGHT_TO_ZERO = "Bergsma et al. 2025, arXiv:2502.15938"
TO_ZERO = {"start_factor": 1.0, "end_factor": 0.0}

PLATEAU = {"factor": 0.5, "patience": share_of_run(10), "min_lr": share_of_peak(1e-3)}
DECAY = ("a decay of 10 to 20 % of the run",)
STEP = {"step_size": share_of_run(30), "gamma": 0.1}

TASKS = (
    Task(
        "image-classification",
        ("classification", "cnn", "resnet", "imagenet", "cifar", "vision"),
        "Image classification with a CNN, trained from scratch.",
        (
            Recommendation(
                "cosine",
                "proven on networks like ResNet, and converges stably",
                floor=0.1,
            ),
            Recommendation(
                "multistep",
                "the classic recipe: drops where the training curve stalls",
                parameters={"milestones": steps_at("0.3", "0.6", "0.9"), "gamma": 0.1},
            ),
            Recommendation(
                "cosine",
                "today's practice: a short warm-up, so that large batches start stably",
                BAG_OF_TRICKS,
                warmup=5,
            ),
        ),
        lr=0.1,
        run=EPOCHS,
        by="epoch",
    ),
    Task(
        "vision-transformer",
        ("vit", "deit"),
        "Image classification with a vision transformer.",
        (
            Recommendation(
                "cosine",
                "attention needs the warm-up, and a long cosine the rest of the run",
                "Touvron et al. 2021 (DeiT), arXiv:2012.12877",
                warmup=2,
                floor=1,
            ),
        ),
        lr=1e-3,
        run={"epochs": 300},
        by="epoch",
    ),
    Task(
        "nlp",
        ("transformer", "text", "language", "bert", "translation"),
        "Language tasks with a transformer.",
        (
            Recommendation(
                "cosine",
                "the warm-up matters, and the cosine works at large scale",
                warmup=5,
                floor=1,
            ),
            Recommendation("linear", "simple, and as good on short runs", parameters=TO_ZERO),
            Recommendation(
                "linear",
                "today's practice for fine-tuning an encoder: warm-up, then a line down to 0",
                "Devlin et al. 2019 (BERT), arXiv:1810.04805",
                TO_ZERO,
                warmup=10,
                usual=("a peak of 2e-5 to 5e-5",),
            ),
        ),
        lr=1e-4,
        run=STEPS,
    ),
    Task(
        "llm-pretraining",
        ("llm", "pretraining", "pre-training", "open-ended", "continual-pretraining"),
        "Pre-training a language model whose length is still open.",
        (
            Recommendation(
                "wsd",
                "the full rate has no horizon: the run may go on, and 10 % of decay at any time "
                "gives what a cosine of that length would",
                MINICPM,
                {"decay_steps": share_of_run(10), "decay_shape": "exponential"},
                warmup=1,
                floor=10,
                usual=DECAY,
            ),
            Recommendation(
                "wsd",
                "a decay of 20 % along 1 - sqrt, down to 0, matches a tuned cosine",
                COOLDOWN,
                {"decay_steps": share_of_run(20), "decay_shape": "1-sqrt"},
                warmup=1,
                usual=DECAY,
            ),
        ),
        lr=3e-4,
        run=STEPS,
    ),
    Task(
        "llm-fixed-budget",
        ("fixed-budget", "compute-optimal", "chinchilla", "gpt"),
        "Pre-training a language model on a budget that is fixed in advance.",
        (
            Recommendation(
                "cosine_with_floor",
                "warm-up, then a cosine to 10 % of the peak that is as long as the run: a longer "
                "one costs quality",
                CHINCHILLA,
                warmup=1,
                floor=10,
                usual=("a length of at most 1.25 times the run",),
            ),
            Recommendation(
                "linear",
                "warm-up, then a line down to 0: better than a cosine to 10 % at "
                "compute-optimal sizes",
                STRAIGHT_TO_ZERO,
                TO_ZERO,
                warmup=1,
            ),
            Recommendation(
                "wsd",
                "as good as the cosine, and the run can be prolonged",
                COOLDOWN,
                {"decay_steps": share_of_run(20), "decay_shape": "1-sqrt"},
                warmup=1,
                usual=DECAY,
            ),
        ),
        lr=3e-4,
        run=STEPS,
    ),
    Task(
        "llm-finetuning",
        ("llm-fine-tuning", "sft", "instruction-tuning", "llama"),
        "Fine-tuning a language model on instructions.",
        (
            Recommendation(
                "cosine",
                "a short warm-up, then a cosine over the few epochs",
                "Touvron et al. 2023 (Llama 2), arXiv:2307.09288",
                warmup=3,
            ),
        ),
        lr=2e-5,
        run={"epochs": 3, "steps_per_epoch": 1000},
    ),
    Task(
        "lora",
        ("qlora", "peft", "adapters", "lora-finetuning"),
        "Fine-tuning by adapters of low rank (LoRA), at a higher rate than all weights take.",
        (
            Recommendation(
                "constant_with_warmup",
                "a short warm-up, then a constant rate, is enough for adapters",
                "Dettmers et al. 2023 (QLoRA), arXiv:2305.14314",
                warmup=3,
                usual=("a peak of 1e-4 to 2e-4, the lower one for models above 13B",),
            ),
            Recommendation(
                "linear",
                "the schedule of the paper that introduced the adapters",
                "Hu et al. 2021 (LoRA), arXiv:2106.09685",
                TO_ZERO,
                warmup=3,
            ),
        ),
        lr=2e-4,
        run={"epochs": 3, "steps_per_epoch": 1000},
    ),
    Task(
        "object-detection",
        ("detection", "coco", "rcnn", "yolo"),
        "Object detection.",
        (
            Recommendation(
                "multistep",
                "the standard on COCO",
                parameters={"milestones": steps_at("2/3", "8/9"), "gamma": 0.1},
            ),
            Recommendation("step", "the same with even drops", parameters=STEP),
            Recommendation(
                "multistep",
                "today's practice: the same drops after a short warm-up",
                "He et al. 2019, arXiv:1811.08883",
                {"milestones": steps_at("2/3", "8/9"), "gamma": 0.1},
                warmup=1,
            ),
        ),
        lr=0.02,
        run={"steps": 90_000},
    ),
    Task(
        "segmentation",
        ("semantic-segmentation", "deeplab", "unet"),
        "Semantic segmentation.",
        (
            Recommendation(
                "polynomial",
                "falls slowly to 0, which suits fine adjustment; power 0.9 is the field's",
                f"{ARTICLE}; Chen et al. 2018 (DeepLab), arXiv:1606.00915",
                {"power": 0.9},
            ),
            Recommendation("cosine", "suits fine adjustment, too", floor=0.1),
        ),
        lr=0.01,
        run={"steps": 40_000},
    ),
    Task(
        "gan",
        ("generative", "generative-models", "image-generation"),
        "Generative adversarial networks.",
        (
            Recommendation("plateau", "adapts to unstable training", parameters=PLATEAU),
            Recommendation("linear", "falls evenly", parameters=TO_ZERO),
            Recommendation(
                "trapezoid",
                "today's practice: the full rate for half of the run, then a line down to 0",
                "Zhu et al. 2017 (CycleGAN), arXiv:1703.10593",
                {"warmup_steps": 0, "decay_steps": share_of_run(50)},
            ),
        ),
        lr=2e-4,
        run={"epochs": 200},
        by="epoch",
    ),
    Task(
        "diffusion",
        ("ddpm", "dit", "text-to-image"),
        "Diffusion models.",
        (
            Recommendation(
                "constant",
                "a constant rate, with a moving average of the weights in place of a decay",
                "Peebles & Xie 2023 (DiT), arXiv:2212.09748",
                {"factor": 1.0, "total_iters": 0},
            ),
            Recommendation(
                "constant_with_warmup",
                "a warm-up before it, as for large batches",
                "Rombach et al. 2022, model card of Stable Diffusion v1",
                warmup=2,
            ),
        ),
        lr=1e-4,
        run={"steps": 400_000},
    ),
    Task(
        "reinforcement-learning",
        ("rl", "ppo"),
        "Reinforcement learning.",
        (
            Recommendation(
                "exponential",
                "falls evenly while the policy changes its own data",
                parameters={"gamma": gamma_to(0.01)},
            ),
            Recommendation("plateau", "adjusts to the environment", parameters=PLATEAU),
            Recommendation(
                "linear",
                "today's practice for PPO: a line down to 0 over the run",
                "Schulman et al. 2017 (PPO), arXiv:1707.06347",
                TO_ZERO,
            ),
        ),
        lr=3e-4,
        run={"steps": 10_000},
    ),
    Task(
        "transfer-learning",
        ("transfer", "fine-tuning", "finetuning"),
        "Fine-tuning a model of images (of text: llm-finetuning, nlp).",
        (
            Recommendation("step", "suits a short run from good weights", parameters=STEP),
            Recommendation("plateau", "stops where the task is learned", parameters=PLATEAU),
            Recommendation(
                "multistep",
                "today's practice for images: drops at 30, 60 and 90 % after a short warm-up",
                "Kolesnikov et al. 2020 (BiT), arXiv:1912.11370",
                {"milestones": steps_at("0.3", "0.6", "0.9"), "gamma": 0.1},
                warmup=5,
            ),
        ),
        lr=1e-3,
        run={"epochs": 30},
        by="epoch",
    ),
    Task(
        "speech",
        ("asr", "speech-recognition", "wav2vec"),
        "Speech recognition.",
        (
            Recommendation(
                "tri_stage",
                "warm-up for 10 % of the run, the full rate for 40 %, then an exponential decay",
                "Park et al. 2019 (SpecAugment), arXiv:1904.08779; Baevski et al. 2020, "
                "arXiv:2006.11477",
                {"hold_steps": share_of_run(40)},
                warmup=10,
            ),
        ),
        lr=5e-5,
        run=STEPS,
    ),
    Task(
        "known-length",
        ("fixed-length",),
        "Any task, with the length of the run known.",
        (
            Recommendation("cosine", "ends with the run, in one period", floor=0.1),
            Recommendation(
                "linear", "ends with the run, and has no parameter to tune", parameters=TO_ZERO
            ),
        ),
        lr=0.1,
        run=EPOCHS,
        by="epoch",
    ),
    Task(
        "unknown-length",
        ("open-length", "no-end"),
        "Any task, with the length of the run unknown.",
        (
            Recommendation("plateau", "needs no length: the metric decides", parameters=PLATEAU),
            Recommendation(
                "wsd",
                "today's practice: hold the full rate, and decay when the end is decided",
                MINICPM,
                {"decay_steps": share_of_run(10), "decay_shape": "exponential"},
                warmup=1,
                floor=10,
                usual=DECAY,
            ),
        ),
        lr=0.1,
        run=EPOCHS,
        by="epoch",
    ),
    Task(
        "fast-convergence",
        ("fast", "fastest", "super-convergence", "speed"),
        "Any task, with the fastest convergence.",
        (
            Recommendation(
                "onecycle",
                "one high cycle needs fewer epochs; take the peak from an LR range test",
                f"{ARTICLE}; Smith & Topin 2018, arXiv:1708.07120",
                {"pct_start": 0.3},
            ),
        ),
        lr=0.1,
        run={"epochs": 30},
        by="epoch",
    ),
    Task(
        "stability",
        ("stable", "stability-first"),
        "Any task, with stability first.",
        (
            Recommendation("step", "long phases at one rate", parameters=STEP),
            Recommendation(
                "multistep",
                "the same, with the drops where the curve stalls",
                parameters={"milestones": steps_at("1/2", "3/4"), "gamma": 0.1},
            ),
        ),
        lr=0.1,
        run=EPOCHS,
        by="epoch",
    ),
    Task(
        "best-quality",
        ("quality", "best", "final-quality"),
        "Any task, with the best final quality.",
        (
            Recommendation(
                "cosine",
                "a warm-up for a stable start, and a long smooth decay",
                warmup=5,
                floor=0.1,
            ),
        ),
        lr=0.1,
        run=EPOCHS,
        by="epoch",
    ),
)
"""The article's tasks, its situations, and the tasks that practice has added since."""
