from scoring.admin import attribute, behaviour

__all__ = ["attribute", "behaviour"]
