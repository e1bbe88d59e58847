// Starts `corpuslint lsp` and lets it answer; all that is known of a corpus is in the server.
'use strict';

const { commands, window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

async function start() {
  // The setting is one of the machine: a folder that was opened must not choose a program to run.
  const command = workspace.getConfiguration('corpuslint').get('path') || 'corpuslint';
  const server = { command, args: ['lsp'] };
  const languages = ['yaml', 'json', 'markdown'];
  const selector = languages.map((language) => ({ scheme: 'file', language }));
  selector.push({ scheme: 'file', pattern: '**/corpuslint.toml' });
  client = new LanguageClient('corpuslint', 'corpuslint', server, { documentSelector: selector });
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    window.showErrorMessage(
      `corpuslint cannot be started as \`${command}\`: ${reason}. Install it, or set \`corpuslint.path\`.`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) {
    await running.stop().catch(() => {});
  }
}

exports.activate = async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    commands.registerCommand('corpuslint.restart', restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('corpuslint.path')) {
        restart();
      }
    }),
  );
  await start();
};

exports.deactivate = stop;
