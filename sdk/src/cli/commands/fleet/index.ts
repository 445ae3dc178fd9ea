import { Command } from 'commander';
import { fleetServeCommand } from './serve.js';
import { fleetStatusCommand } from './status.js';

export const fleetCommand = (): Command =>
  new Command('fleet')
    .summary('boards behind gateways: a broker for them, and what they run')
    .description('Fleets over MQTT. docs/guides/fleet.md')
    .addCommand(fleetServeCommand())
    .addCommand(fleetStatusCommand());
