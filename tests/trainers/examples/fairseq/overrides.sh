fairseq-hydra-train task.data=/data criterion._name=ctc \
  lr_scheduler=step lr_scheduler.lr_deacy_period=100 +lr_scheduler.lr_decay=0.5 \
  optimization.lr=[0.01] optimization.max_update=300 \
  --config-dir /conf
