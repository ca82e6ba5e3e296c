python train.py data-bin --arch fconv --lr 1e-4 --max-lr 1e-3 --lr-scheduler cosine \
  --warmup-updates 10 --lr-period-updates 90 --max-update 100
