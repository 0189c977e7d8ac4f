import { defineCommand } from 'citty';
import { createClientCommand } from './create-client.ts';
import { listClientsCommand } from './list-clients.ts';

/** `wardgate clients …` */
export const clientsCommand = defineCommand({
  meta: { name: 'clients', description: 'Register and list OAuth clients: programs that act for themselves' },
  subCommands: { create: createClientCommand, list: listClientsCommand },
});
