from scoring.admin import attribute, behaviour, campaign

__all__ = ["attribute", "behaviour", "campaign"]
