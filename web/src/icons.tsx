// Line icons, 24 units wide.
const kPaths = {
  point: 'M12 3v6m0 6v6M3 12h6m6 0h6M12 11.5v1',
  box: 'M4 5h16v14H4zM4 5v0M2.5 3.5h3v3h-3zM18.5 3.5h3v3h-3zM2.5 17.5h3v3h-3zM18.5 17.5h3v3h-3z',
  words: 'M5 6V4h14v2M12 4v16M9 20h6',
  everything: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13v7M13 16.5h7',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6v1',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6v1',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  eyeOff: 'M3 3l18 18M10.6 5.1A9.9 9.9 0 0 1 12 5c6 0 10 7 10 7a17 17 0 0 1-3.2 4M6.5 6.6A16.6 16.6 0 0 0 2 12s4 7 10 7a9.7 9.7 0 0 0 5-1.4M9.9 10a3 3 0 0 0 4.2 4.2',
  solo: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3m0 14v3M2 12h3m14 0h3',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5m4-5v5',
  pencil: 'M4 20l1-5L16 4l4 4L9 19z',
  close: 'M6 6l12 12M18 6L6 18',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  focus: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  fly: 'M21 3L3 10l7 3 3 7zM10 13l5-5',
  cameras: 'M3 8h10v9H3zM13 11l7-4v11l-7-4',
  command: 'M4 5h16v14H4zM8 9l3 3-3 3M13 15h4',
  download: 'M12 4v11M7 10l5 5 5-5M4 20h16',
  help: 'M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7v.5M12 17.5v.3M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.5 1.5m11 11L19 19M19 5l-1.5 1.5m-11 11L5 19',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  play: 'M7 4l13 8-13 8z',
  pause: 'M8 5v14M16 5v14',
  check: 'M4 12l5 5L20 6',
  panels: 'M3 5h18v14H3zM9 5v14',
  photo: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5v.1',
  save: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-7h8v7',
};

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
