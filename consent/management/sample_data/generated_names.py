"""Names that nobody bears, for the generated people."""

GIVEN_NAMES = (
    "Aafke", "Aart", "Adnan", "Agnes", "Aisha", "Albert", "Amira", "Annelies", "Antoon", "Aylin",
    "Bart", "Bea", "Bilal", "Brecht", "Britt", "Cas", "Chantal", "Cornelis", "Dagmar", "Dirkje",
    "Ebru", "Eefje", "Elif", "Emiel", "Esther", "Fabian", "Femke", "Floor", "Freek", "Gerda",
    "Gijsbert", "Greet", "Hamza", "Hanneke", "Hein", "Ilona", "Imane", "Ivo", "Jaap", "Jelle",
    "Jozefien", "Kaat", "Karim", "Klaas", "Lieke", "Lieven", "Loes", "Maarten", "Machteld", "Marieke",
    "Mehmet", "Mieke", "Nadia", "Niels", "Noud", "Olga", "Pieter", "Quirine", "Rachid", "Reinout",
    "Saskia", "Sanne", "Stijn", "Tamara", "Teun", "Trijntje", "Ulrike", "Veerle", "Willemijn", "Youssef",
)  # fmt: skip
DUTCH_FAMILY_NAMES = (
    "Voorbeeld", "van Voorbeeld", "Voorbeeldstra", "Verzinsel", "van Verzinsel", "Verzonnen", "de Proef",
    "Proefstra", "van der Proef", "Nergenshuis", "van Nergenshuizen", "Nooitgedacht", "Luchtkasteel",
    "van Luchtkasteel", "Maneschijn", "Papierman", "van Papier", "Inktstra", "Sprookjesma", "van Sprookje",
    "Droomstra", "de Schim", "Schijnman", "van der Fictie",
)  # fmt: skip
BELGIAN_FAMILY_NAMES = (
    "Vandenvoorbeeld", "Voorbeelders", "Vandeproef", "Proefmans", "Vanverzinsel", "Verzinnens",
    "Van de Fictie", "Fictiemans", "Vandendroom", "Droommans", "Luchtkasteels", "Vannergens",
)  # fmt: skip
STREETS = ("Voorbeeldstraat", "Proeflaan", "Verzonnenplein", "Luchtkasteelweg", "Papierkade")
TOWNS = ("Voorbeeldstad", "Nergenshuizen", "Verzinselveen", "Proefdam")
