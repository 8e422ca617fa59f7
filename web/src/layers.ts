// What can be looked at, in the words of the page.
import type { LayerChoice } from './app';

export interface LayerInfo {
  id: LayerChoice;
  title: string;
  help: string;
  key?: string;
  needs?: 'object' | 'photo';
}

export const kLayers: LayerInfo[] = [
  { id: 'auto', title: 'Picture and masks', help: 'The picture, with masks over it once there are some' },
  { id: 'rgb', title: 'Picture', help: 'The photo, or the radiance field’s picture' },
  { id: 'sam', title: 'SAM’s 2D mask', help: 'What SAM says in this view alone, over the photo', needs: 'photo' },
  { id: 'mask', title: '3D mask', help: 'The object’s field, rendered: what all views say together', key: 'M', needs: 'object' },
  { id: 'overlay', title: 'Overlay', help: 'All shown objects in their colors', needs: 'object' },
  { id: 'cutout', title: 'Cut-out', help: 'The selected object alone', needs: 'object' },
  { id: 'without', title: 'Without the object', help: 'The scene, the selected object left out', needs: 'object' },
  { id: 'disagreement', title: 'Disagreement', help: 'Where the views do not agree', key: 'O', needs: 'object' },
  { id: 'depth', title: 'Depth', help: 'How far away things are', key: 'D' },
  { id: 'opacity', title: 'Opacity', help: 'Where the radiance field is solid' },
];
