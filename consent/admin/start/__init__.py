from consent.admin.start import page

__all__ = ["page"]
