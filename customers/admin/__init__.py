from customers.admin import contact_point, department, organisation, relation, staff_member

__all__ = ["contact_point", "department", "organisation", "relation", "staff_member"]
