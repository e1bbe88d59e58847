//! Reported by the run itself, which alone knows what each suppression has suppressed.
