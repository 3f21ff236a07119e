export { INVITATION_TOKEN, RESET_TOKEN } from "./access";
export { me as samplePerson } from "./data/people";
export { FAKE_PASSWORD, FAKE_TOTP, type FakeOptions, FakeServer, type Scenario, SETUP_TOKEN } from "./fake";
export { handlers } from "./handlers";
export { addContacts, beginMerge } from "./handlers-mail-merges";
