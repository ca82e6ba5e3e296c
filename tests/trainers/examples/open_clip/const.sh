srun python -u src/training/main.py --lr 5e-4 --lr-scheduler const --warmup 4
