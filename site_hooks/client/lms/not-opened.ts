// Nobody takes reports; the message is for learners.
export class NotOpened extends Error {}
