import trl as t

config = t.SFTConfig(output_dir="out", max_steps=100, warmup_steps=10)
trainer = t.SFTTrainer(model="a/b", args=config)
