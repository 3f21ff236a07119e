/** The made-up people of the sample mailbox. All addresses end in names reserved for examples (RFC 2606). */
export type Person = { name: string; address: string };

const person = (name: string, address: string): Person => ({ name, address });

export const me = person("Camille Martin", "camille@ateliernord.example");
export const sarah = person("Sarah Whitfield", "sarah.whitfield@harbourpine.example");
export const julien = person("Julien Moreau", "j.moreau@menuiserie-moreau.example");
export const ana = person("Ana Ferreira", "ana.ferreira@hotelmiramar.example");
export const tom = person("Tom Becker", "becker@becker-logistik.example");
export const lea = person("Léa Fontaine", "lea@ateliernord.example");
export const hugo = person("Hugo Lambert", "hugo@ateliernord.example");
export const priya = person("Priya Raman", "priya.raman@oaksandco.example");
export const daniel = person("Daniel O’Connor", "daniel@oconnor-architects.example");
export const claire = person("Claire Dubois", "c.dubois@ville-annecy.example");
export const bank = person("Banque Alpine", "avis@banque-alpine.example");
export const letter = person("The Joinery Letter", "hello@joineryletter.example");
export const samuel = person("Samuel Okafor", "samuel.okafor@brightwater.example");
export const ines = person("Inès Garnier", "ines.garnier@cabinet-garnier.example");
export const mira = person("Mira Kovač", "mira@studiokovac.example");
export const support = person("Scierie du Lac", "commandes@scierie-du-lac.example");
