swift sft --model $MODEL --learning_rate $1 --max_steps 100
