import os

import torch
from transformers import AutoModel, Trainer, TrainingArguments
from transformers.trainer_utils import SchedulerType

EPOCHS = 2
BATCH = 4 * 4


def main(args):
    model = AutoModel.from_pretrained(args.model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)
    training_args = TrainingArguments(
        output_dir=os.path.join("out", args.name),
        learning_rate=2e-5,
        lr_scheduler_type=SchedulerType.COSINE_WITH_RESTARTS,
        lr_scheduler_kwargs={"num_cycles": 2},
        warmup_ratio=0.1,
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=BATCH,
        gradient_accumulation_steps=args.accumulation,
        report_to="none",
    )
    evaluation = TrainingArguments(output_dir="eval", per_device_eval_batch_size=8)
    Trainer(model=model, args=training_args).train()
    return scheduler, evaluation
