"""What the decoders of all languages say of a recorded stream that they cannot read."""


class StreamError(ValueError):
    """The stream is no print stream of this language, is damaged or holds no panel."""
