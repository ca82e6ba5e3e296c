accelerate launch --num_cpu_threads_per_process 1 train_network.py \
  --pretrained_model_name_or_path=model.safetensors --dataset_config=data.toml \
  --output_name=style --network_module=networks.lora --network_args "conv_dim=4" "conv_alpha=1" \
  --max_train_steps=400 --learning_rate=1e-4 --text_encoder_lr=5e-5 \
  --lr_scheduler="cosine_with_restarts" --lr_warmup_steps=40 --lr_scheduler_num_cycles=3
