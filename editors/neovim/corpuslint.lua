-- Starts corpuslint for the texts of a corpus. Neovim 0.7 or newer; needs no plugin.
--
-- Put this file into the folder `plugin` of your configuration. With Neovim 0.11 or newer
-- `docs/editors.md` shows a shorter way.

local M = {}

-- What tells that a folder holds a corpus, the nearest first.
local marks = { 'corpuslint.toml', '.git' }

local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  while folder do
    for _, mark in ipairs(marks) do
      if vim.loop.fs_stat(folder .. '/' .. mark) then
        return folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ':h')
    folder = parent ~= folder and parent or nil
  end
  return vim.fn.fnamemodify(path, ':p:h')
end

local clients = {}

-- Attaches the server to a buffer; one server serves all buffers of a folder.
function M.attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == '' then
    return nil
  end
  local root = root_of(path)
  local client = clients[root]
  if not client or vim.lsp.client_is_stopped(client) then
    client = vim.lsp.start_client({
      name = 'corpuslint',
      cmd = { vim.g.corpuslint or 'corpuslint', 'lsp' },
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    })
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
  return client
end

vim.api.nvim_create_autocmd('FileType', {
  pattern = { 'yaml', 'json', 'markdown' },
  callback = function(event)
    M.attach(event.buf)
  end,
})

return M
