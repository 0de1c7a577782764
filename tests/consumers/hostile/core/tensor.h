// A consumer's own core/tensor.h, on its include path before everything else: no header of ours may ever pick it up.
#error "a header of Retrograd included the consumer's core/tensor.h"
