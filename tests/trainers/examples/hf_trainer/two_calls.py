from transformers import Seq2SeqTrainingArguments
from trl import DPOConfig

first = Seq2SeqTrainingArguments("out", learning_rate=1e-4, max_steps=100)
second = DPOConfig("out", learning_rate=5e-7, max_steps=100)
