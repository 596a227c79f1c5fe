"""The consumer's own wrappers, whose frames show in tracebacks."""


class OrderProcessingError(Exception):
    pass


def process(err, number):
    raise OrderProcessingError(f'could not process order {number}') from err


def dead_letter(err, number):
    try:
        raise err
    except Exception:
        raise OrderProcessingError(f'order {number} moved to the dead letter queue')


def guard(err, _):
    raise RuntimeError('An unexpected error occurred, please try again later') from err
