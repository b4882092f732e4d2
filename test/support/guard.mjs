import { spawn } from 'node:child_process';

/*
 * Runs a program for as long as whoever started this one holds our stdin open, and takes the
 * program's whole process group down with it: nothing is left behind even when the starter is
 * killed by force. Start it detached, with the program and its arguments as arguments.
 */
const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function endGroup() {
  // Our own group, this process included: the extension host outlives its server by some seconds.
  process.kill(-process.pid, 'SIGKILL');
}

function end() {
  child.kill('SIGTERM');
  setTimeout(endGroup, 5_000);
}

child.once('error', endGroup);
child.once('exit', endGroup);
process.stdin.once('end', end).once('error', end).resume();
// The starter ends us by closing our stdin; signals meant for its group are not for us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
