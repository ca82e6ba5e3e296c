fairseq-train data-bin --arch lstm --lr 0.25,0.1,0.05 --lr-scheduler fixed --lr-shrink 0.5 --max-update 0
