from customers.admin import contact_point, organisation, relation, staff_member

__all__ = ["contact_point", "organisation", "relation", "staff_member"]
