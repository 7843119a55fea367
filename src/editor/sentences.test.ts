import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RetouchError } from '../core/errors.ts';
import type { Operation } from '../images/index.ts';
import { readInstructions } from './instruction.ts';

/** What is said, and what is done to a picture of 600 x 400 pixels. */
const understood: readonly [say: string, operations: string][] = [
  ['make it black and white', 'grayscale'],
  ['turn it into black and white', 'grayscale'],
  ['convert to grayscale', 'grayscale'],
  ['Convert this image to greyscale, please.', 'grayscale'],
  ['B&W', 'grayscale'],
  ['b/w', 'grayscale'],
  ['make a black and white version of this photo', 'grayscale'],
  ['could you make the picture grey?', 'grayscale'],
  ['change the photo to monochrome', 'grayscale'],
  [`I'd like it in black and white`, 'grayscale'],
  ['I would like you to remove the colours from the picture', 'grayscale'],
  ['desaturate the image completely', 'grayscale'],
  ['desaturate by 30%', 'modulate saturation=0.7'],
  ['slightly desaturate', 'modulate saturation=0.85'],
  ['make it sepia', 'matrix matrix=0.393 0.769 0.189 0.349 0.686 0.168 0.272 0.534 0.131'],
  ['apply a sepia filter', 'matrix matrix=0.393 0.769 0.189 0.349 0.686 0.168 0.272 0.534 0.131'],
  ['give the picture a sepia tone', 'matrix matrix=0.393 0.769 0.189 0.349 0.686 0.168 0.272 0.534 0.131'],
  ['add a sepia effect', 'matrix matrix=0.393 0.769 0.189 0.349 0.686 0.168 0.272 0.534 0.131'],
  ['a slight sepia tone', 'matrix matrix=0.7572 0.3076 0.0756 0.1396 0.8744 0.0672 0.1088 0.2136 0.6524'],
  ['invert', 'invert'],
  ['invert the colors of the image', 'invert'],
  ['make a negative', 'invert'],
  ['brighten', 'modulate brightness=1.25'],
  ['brighten the image', 'modulate brightness=1.25'],
  ['brighten it by 20%', 'modulate brightness=1.2'],
  ['make it 20% brighter', 'modulate brightness=1.2'],
  ['make the picture brighter by 20 percent', 'modulate brightness=1.2'],
  ['make it brighter by 20 per cent', 'modulate brightness=1.2'],
  ['increase the brightness by 20%', 'modulate brightness=1.2'],
  ['increase brightness by 20', 'modulate brightness=1.2'],
  ['please increase the brightness of the image by 20%', 'modulate brightness=1.2'],
  ['increase the brightness of the picture a little', 'modulate brightness=1.1'],
  ['raise exposure a bit', 'modulate brightness=1.1'],
  ['brightness +20', 'modulate brightness=1.2'],
  ['brightness -20%', 'modulate brightness=0.8'],
  ['+20% brightness', 'modulate brightness=1.2'],
  ['make it a bit brighter', 'modulate brightness=1.1'],
  ['make it a little bit brighter', 'modulate brightness=1.1'],
  ['make it much brighter', 'modulate brightness=1.5'],
  ['make it a lot brighter', 'modulate brightness=1.5'],
  ['way brighter', 'modulate brightness=1.5'],
  ['darken', 'modulate brightness=0.75'],
  ['darken slightly', 'modulate brightness=0.9'],
  ['make it slightly darker', 'modulate brightness=0.9'],
  ['reduce the brightness', 'modulate brightness=0.75'],
  ['reduce the brightness by half', 'modulate brightness=0.5'],
  ['reduce the brightness to 50%', 'modulate brightness=0.5'],
  ['turn the brightness up', 'modulate brightness=1.25'],
  ['turn down the brightness by 10%', 'modulate brightness=0.9'],
  ['half as bright', 'modulate brightness=0.5'],
  ['twice as bright', 'modulate brightness=2'],
  ['2x brightness', 'modulate brightness=2'],
  ['double the brightness', 'modulate brightness=2'],
  ['make it less dark', 'modulate brightness=1.25'],
  ['less bright', 'modulate brightness=0.75'],
  ['more contrast', 'contrast factor=1.25'],
  ['add contrast', 'contrast factor=1.25'],
  ['add a bit of contrast', 'contrast factor=1.1'],
  ['add a little more contrast', 'contrast factor=1.1'],
  ['increase contrast by 30%', 'contrast factor=1.3'],
  ['boost the contrast', 'contrast factor=1.25'],
  ['give it more contrast', 'contrast factor=1.25'],
  ['with more contrast', 'contrast factor=1.25'],
  ['higher contrast', 'contrast factor=1.25'],
  ['lower contrast', 'contrast factor=0.75'],
  ['decrease the contrast slightly', 'contrast factor=0.9'],
  ['contrast up 10%', 'contrast factor=1.1'],
  ['halve the contrast', 'contrast factor=0.5'],
  ['more saturation', 'modulate saturation=1.3'],
  ['increase the saturation by 40%', 'modulate saturation=1.4'],
  ['make the colours more vibrant', 'modulate saturation=1.3'],
  ['make the colors a little more vivid', 'modulate saturation=1.15'],
  ['more saturated colours', 'modulate saturation=1.3'],
  ['make it more colourful', 'modulate saturation=1.3'],
  ['less saturated', 'modulate saturation=0.7'],
  ['less colourful', 'modulate saturation=0.7'],
  ['saturate', 'modulate saturation=1.3'],
  ['tone down the colours', 'modulate saturation=0.7'],
  ['boost the colours', 'modulate saturation=1.3'],
  ['increase color saturation by 15%', 'modulate saturation=1.15'],
  ['warmer', 'matrix matrix=1.12 0 0 0 1 0 0 0 0.88'],
  ['make it warmer', 'matrix matrix=1.12 0 0 0 1 0 0 0 0.88'],
  ['make it a bit warmer', 'matrix matrix=1.06 0 0 0 1 0 0 0 0.94'],
  ['make the tones warmer', 'matrix matrix=1.12 0 0 0 1 0 0 0 0.88'],
  ['cooler', 'matrix matrix=0.88 0 0 0 1 0 0 0 1.12'],
  ['make it cooler', 'matrix matrix=0.88 0 0 0 1 0 0 0 1.12'],
  ['make it much colder', 'matrix matrix=0.72 0 0 0 1 0 0 0 1.28'],
  ['warm up the image', 'matrix matrix=1.12 0 0 0 1 0 0 0 0.88'],
  ['warm it up slightly', 'matrix matrix=1.06 0 0 0 1 0 0 0 0.94'],
  ['cool it down', 'matrix matrix=0.88 0 0 0 1 0 0 0 1.12'],
  ['cool it down a bit', 'matrix matrix=0.94 0 0 0 1 0 0 0 1.06'],
  ['increase the temperature by 10%', 'matrix matrix=1.04 0 0 0 1 0 0 0 0.96'],
  ['lower the colour temperature', 'matrix matrix=0.88 0 0 0 1 0 0 0 1.12'],
  ['blur', 'blur sigma=4'],
  ['blur it', 'blur sigma=4'],
  ['blur it slightly', 'blur sigma=1.6'],
  ['blur the image a lot', 'blur sigma=10'],
  ['blur by 20%', 'blur sigma=4'],
  ['blur by 5 px', 'blur sigma=5'],
  ['blur with a radius of 8 pixels', 'blur sigma=8'],
  ['apply a gaussian blur of 3px', 'blur sigma=3'],
  ['make it blurry', 'blur sigma=4'],
  ['make it a little blurry', 'blur sigma=1.6'],
  ['make it blurrier', 'blur sigma=4'],
  ['add blur', 'blur sigma=4'],
  ['add a slight blur', 'blur sigma=1.6'],
  ['sharpen', 'sharpen sigma=1 amount=1'],
  ['sharpen the photo', 'sharpen sigma=1 amount=1'],
  ['sharpen it a little', 'sharpen sigma=1 amount=0.4'],
  ['make it sharper', 'sharpen sigma=1 amount=1'],
  ['make it a lot sharper', 'sharpen sigma=1 amount=2'],
  ['increase the sharpness by 50%', 'sharpen sigma=1 amount=0.5'],
  ['crisper', 'sharpen sigma=1 amount=1'],
  ['sharpen it a little more', 'sharpen sigma=1 amount=0.4'],
  ['rotate 90 degrees', 'rotate degrees=90'],
  ['rotate 90° clockwise', 'rotate degrees=90'],
  ['rotate the image by 90 degrees clockwise', 'rotate degrees=90'],
  ['rotate it 90 degrees counter-clockwise', 'rotate degrees=270'],
  ['rotate 45 degrees counterclockwise', 'rotate degrees=315'],
  ['rotate by 30° to the left', 'rotate degrees=330'],
  ['rotate left', 'rotate degrees=270'],
  ['rotate right', 'rotate degrees=90'],
  ['rotate to the right', 'rotate degrees=90'],
  ['turn it left', 'rotate degrees=270'],
  ['a quarter turn left', 'rotate degrees=270'],
  ['turn it a quarter turn to the right', 'rotate degrees=90'],
  ['give it a half turn', 'rotate degrees=180'],
  ['rotate by a half turn', 'rotate degrees=180'],
  ['turn upside down', 'rotate degrees=180'],
  ['upside down', 'rotate degrees=180'],
  ['turn the image upside down', 'rotate degrees=180'],
  ['rotate -90 degrees', 'rotate degrees=270'],
  ['rotate 270', 'rotate degrees=270'],
  ['rotate clockwise by 10 degrees', 'rotate degrees=10'],
  ['rotate anticlockwise', 'rotate degrees=270'],
  ['rotate 90 ccw', 'rotate degrees=270'],
  ['rotate ninety degrees', 'rotate degrees=90'],
  ['flip horizontally', 'flip axis=horizontal'],
  ['flip it vertically', 'flip axis=vertical'],
  ['flip the picture horizontal', 'flip axis=horizontal'],
  ['mirror', 'flip axis=horizontal'],
  ['mirror it', 'flip axis=horizontal'],
  ['mirror the image horizontally', 'flip axis=horizontal'],
  ['mirror vertically', 'flip axis=vertical'],
  ['flip left to right', 'flip axis=horizontal'],
  ['flip it upside down', 'flip axis=vertical'],
  ['flip it along the horizontal axis', 'flip axis=vertical'],
  ['horizontal flip', 'flip axis=horizontal'],
  ['do a vertical flip', 'flip axis=vertical'],
  ['crop to a square', 'crop-to-ratio width=1 height=1 anchor=center'],
  ['crop it square', 'crop-to-ratio width=1 height=1 anchor=center'],
  ['crop to square from the top', 'crop-to-ratio width=1 height=1 anchor=top'],
  ['crop it to 16:9', 'crop-to-ratio width=16 height=9 anchor=center'],
  ['crop to 16/9', 'crop-to-ratio width=16 height=9 anchor=center'],
  ['crop the photo to a 4:5 ratio', 'crop-to-ratio width=4 height=5 anchor=center'],
  ['crop to 1.91:1', 'crop-to-ratio width=1.91 height=1 anchor=center'],
  ['crop to the ratio 3:2', 'crop-to-ratio width=3 height=2 anchor=center'],
  ['crop to portrait', 'crop-to-ratio width=2 height=3 anchor=center'],
  ['crop to widescreen', 'crop-to-ratio width=16 height=9 anchor=center'],
  ['crop to a landscape format', 'crop-to-ratio width=3 height=2 anchor=center'],
  ['crop to 300x200', 'crop-to-size width=300 height=200 anchor=center'],
  ['crop to 300 x 200 pixels', 'crop-to-size width=300 height=200 anchor=center'],
  ['crop to 300×200 px from the center', 'crop-to-size width=300 height=200 anchor=center'],
  ['crop the center 300x200', 'crop-to-size width=300 height=200 anchor=center'],
  ['crop 300x200 from the bottom right corner', 'crop-to-size width=300 height=200 anchor=bottom-right'],
  ['make it square', 'crop-to-ratio width=1 height=1 anchor=center'],
  ['square crop', 'crop-to-ratio width=1 height=1 anchor=center'],
  ['16:9 crop', 'crop-to-ratio width=16 height=9 anchor=center'],
  ['make it 16:9', 'crop-to-ratio width=16 height=9 anchor=center'],
  ['resize to 800x600', 'resize width=800 height=600 fit=cover'],
  ['resize it to 800 by 600', 'resize width=800 height=600 fit=cover'],
  ['resize to 800x600 pixels', 'resize width=800 height=600 fit=cover'],
  ['resize the image to 800 x 600 px', 'resize width=800 height=600 fit=cover'],
  ['resize to 512 px wide', 'resize width=512 fit=cover'],
  ['resize to 512 pixels in width', 'resize width=512 fit=cover'],
  ['resize to a width of 300 px', 'resize width=300 fit=cover'],
  ['resize to width 300', 'resize width=300 fit=cover'],
  ['resize width to 300', 'resize width=300 fit=cover'],
  ['resize to a height of 200 px', 'resize height=200 fit=cover'],
  ['resize to 200px tall', 'resize height=200 fit=cover'],
  ['resize to 50%', 'scale factor=0.5'],
  ['resize to 50% of its original size', 'scale factor=0.5'],
  ['scale by 50 %', 'scale factor=0.5'],
  ['scale to 200%', 'scale factor=2'],
  ['scale by a factor of 2', 'scale factor=2'],
  ['scale up by 20%', 'scale factor=1.2'],
  ['scale down by 20%', 'scale factor=0.8'],
  ['scale down to 50%', 'scale factor=0.5'],
  ['scale 2x', 'scale factor=2'],
  ['reduce the size by half', 'scale factor=0.5'],
  ['reduce the size by 25%', 'scale factor=0.75'],
  ['halve the size', 'scale factor=0.5'],
  ['double the size', 'scale factor=2'],
  ['half size', 'scale factor=0.5'],
  ['to half the size', 'scale factor=0.5'],
  ['make it half the size', 'scale factor=0.5'],
  ['make it half as big', 'scale factor=0.5'],
  ['make it twice as large', 'scale factor=2'],
  ['make it twice the size', 'scale factor=2'],
  ['make it 3 times as big', 'scale factor=3'],
  ['make it 2x larger', 'scale factor=2'],
  ['make it 50% smaller', 'scale factor=0.5'],
  ['make it 25 percent larger', 'scale factor=1.25'],
  ['enlarge by 50%', 'scale factor=1.5'],
  ['enlarge it 2x', 'scale factor=2'],
  ['enlarge it twice', 'scale factor=2'],
  ['upscale 4x', 'scale factor=4'],
  ['shrink it by a third', 'scale factor=0.6667'],
  ['shrink to 200 px wide', 'resize width=200 fit=cover'],
  ['make it 800 px wide', 'resize width=800 fit=cover'],
  ['make it 800x600', 'resize width=800 height=600 fit=cover'],
  ['stretch to 800x600', 'resize width=800 height=600 fit=fill'],
  ['fit it inside 300x300', 'resize width=300 fit=cover'],
  ['pad by 20 px', 'pad top=20 right=20 bottom=20 left=20 colour=transparent'],
  ['pad 20px on each side', 'pad top=20 right=20 bottom=20 left=20 colour=transparent'],
  ['pad with 20 px of white', 'pad top=20 right=20 bottom=20 left=20 colour=#ffffff'],
  ['pad to a square', 'pad-to-ratio width=1 height=1 colour=transparent'],
  ['pad it to a square with a black background', 'pad-to-ratio width=1 height=1 colour=#000000'],
  ['pad to 16:9', 'pad-to-ratio width=16 height=9 colour=transparent'],
  ['pad it to 4:3 with white', 'pad-to-ratio width=4 height=3 colour=#ffffff'],
  ['add 20 px of padding', 'pad top=20 right=20 bottom=20 left=20 colour=transparent'],
  ['add 10% padding', 'pad top=40 right=40 bottom=40 left=40 colour=transparent'],
  ['add white padding', 'pad top=20 right=20 bottom=20 left=20 colour=#ffffff'],
  ['add padding of 15 px in red', 'pad top=15 right=15 bottom=15 left=15 colour=#ff0000'],
  ['add 30 px padding at the bottom', 'pad top=0 right=0 bottom=30 left=0 colour=transparent'],
  ['add a border', 'pad top=10 right=10 bottom=10 left=10 colour=#000000'],
  ['add a white border', 'pad top=10 right=10 bottom=10 left=10 colour=#ffffff'],
  ['add a white border of 10 px', 'pad top=10 right=10 bottom=10 left=10 colour=#ffffff'],
  ['add a 10 px white border', 'pad top=10 right=10 bottom=10 left=10 colour=#ffffff'],
  ['add a 10px thick white border', 'pad top=10 right=10 bottom=10 left=10 colour=#ffffff'],
  ['add a border of 5 pixels in #ff0000', 'pad top=5 right=5 bottom=5 left=5 colour=#ff0000'],
  ['add a thick red border', 'pad top=24 right=24 bottom=24 left=24 colour=#ff0000'],
  ['add a thin black frame around the picture', 'pad top=4 right=4 bottom=4 left=4 colour=#000000'],
  ['put a dark blue frame around it', 'pad top=10 right=10 bottom=10 left=10 colour=#00008b'],
  ['border 10 px', 'pad top=10 right=10 bottom=10 left=10 colour=#000000'],
  ['white border', 'pad top=10 right=10 bottom=10 left=10 colour=#ffffff'],
  ['border 5% white', 'pad top=20 right=20 bottom=20 left=20 colour=#ffffff'],
  ['give it a 4 px #0f0 border', 'pad top=4 right=4 bottom=4 left=4 colour=#00ff00'],
  ['rounded corners', 'round-corners radius=32'],
  ['add rounded corners', 'round-corners radius=32'],
  ['round the corners', 'round-corners radius=32'],
  ['round the corners by 20 px', 'round-corners radius=20'],
  ['rounded corners of 24 px', 'round-corners radius=24'],
  ['rounded corners with radius 16 px', 'round-corners radius=16'],
  ['rounded corners with a radius of 10%', 'round-corners radius=40'],
  ['slightly rounded corners', 'round-corners radius=16'],
  ['very rounded corners', 'round-corners radius=80'],
  ['make the corners round', 'round-corners radius=32'],
  ['round the corners a lot', 'round-corners radius=80'],
  ['corner radius 12px', 'round-corners radius=12'],
  ['30px rounded corners', 'round-corners radius=30'],
  [
    'add the caption "Hello" at the bottom',
    'caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07',
  ],
  [
    'add the caption “Hello” at the bottom',
    'caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07',
  ],
  [
    `add a caption 'It’s summer' at the top`,
    'caption text=It’s summer anchor=top colour=#ffffff sizeFraction=0.07',
  ],
  ['add caption: "Hi"', 'caption text=Hi anchor=bottom colour=#ffffff sizeFraction=0.07'],
  ['caption "Hello"', 'caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07'],
  [
    'write "Hello, world" in the middle',
    'caption text=Hello, world anchor=center colour=#ffffff sizeFraction=0.07',
  ],
  [
    'write «Bonjour» in the top left corner',
    'caption text=Bonjour anchor=top-left colour=#ffffff sizeFraction=0.07',
  ],
  [
    'put the text "SALE" in red at the top right',
    'caption text=SALE anchor=top-right colour=#ff0000 sizeFraction=0.07',
  ],
  ['add "Hello" at the bottom', 'caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07'],
  [
    'add a title saying "My trip" at the top in large letters',
    'caption text=My trip anchor=top colour=#ffffff sizeFraction=0.12',
  ],
  [
    'add the words "a and b, then c" in white',
    'caption text=a and b, then c anchor=bottom colour=#ffffff sizeFraction=0.07',
  ],
  [
    'add a small yellow caption "x" in the bottom right',
    'caption text=x anchor=bottom-right colour=#ffff00 sizeFraction=0.04',
  ],
  [
    'add the text "Hello", in white, at the bottom',
    'caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07',
  ],
  ['make it black and white and blur it slightly', 'grayscale; blur sigma=1.6'],
  ['make it brighter, then rotate it 90 degrees clockwise', 'modulate brightness=1.25; rotate degrees=90'],
  [
    'crop to a square, resize to 512x512 and add rounded corners',
    'crop-to-ratio width=1 height=1 anchor=center; resize width=512 height=512 fit=cover; round-corners radius=32',
  ],
  [
    'Make it warmer. Add a white border of 10 px. Add the caption "Hello" at the bottom.',
    'matrix matrix=1.12 0 0 0 1 0 0 0 0.88; pad top=10 right=10 bottom=10 left=10 colour=#ffffff; caption text=Hello anchor=bottom colour=#ffffff sizeFraction=0.07',
  ],
  [
    '1. crop to 16:9\n2. make it brighter\n3. sharpen it',
    'crop-to-ratio width=16 height=9 anchor=center; modulate brightness=1.25; sharpen sigma=1 amount=1',
  ],
  [
    '- blur it\n- make it sepia',
    'blur sigma=4; matrix matrix=0.393 0.769 0.189 0.349 0.686 0.168 0.272 0.534 0.131',
  ],
  ['grayscale; invert; blur', 'grayscale; invert; blur sigma=4'],
  [
    'rotate 90 degrees and flip horizontally and then make it a bit darker',
    'rotate degrees=90; flip axis=horizontal; modulate brightness=0.9',
  ],
  [
    'First crop it to 4:5, then increase the contrast by 20%, and finally add a thin white border, please.',
    'crop-to-ratio width=4 height=5 anchor=center; contrast factor=1.2; pad top=4 right=4 bottom=4 left=4 colour=#ffffff',
  ],
  ['increase brightness and contrast by 20%', 'modulate brightness=1.2; contrast factor=1.2'],
  [
    'increase the brightness, contrast and saturation',
    'modulate brightness=1.25; contrast factor=1.25; modulate saturation=1.3',
  ],
  ['more contrast and saturation', 'contrast factor=1.25; modulate saturation=1.3'],
  ['slightly less saturation and contrast', 'modulate saturation=0.85; contrast factor=0.9'],
  ['reduce the saturation and the brightness by 15 %', 'modulate saturation=0.85; modulate brightness=0.85'],
  ['make it brighter and warmer', 'modulate brightness=1.25; matrix matrix=1.12 0 0 0 1 0 0 0 0.88'],
  ['make it 10% brighter and 20% more saturated', 'modulate brightness=1.1; modulate saturation=1.2'],
  [
    'a bit brighter with more contrast & a little sharper',
    'modulate brightness=1.1; contrast factor=1.25; sharpen sigma=1 amount=0.4',
  ],
  ['convert to B&W + add a 5px black border', 'grayscale; pad top=5 right=5 bottom=5 left=5 colour=#000000'],
  ['blur it (a lot)', 'blur sigma=10'],
  ['MAKE IT BLACK AND WHITE!!!', 'grayscale'],
  ['please, please make the picture a bit warmer, thank you', 'matrix matrix=1.06 0 0 0 1 0 0 0 0.94'],
  ['I want you to sharpen the image', 'sharpen sigma=1 amount=1'],
  ['could you please blur the photo slightly?', 'blur sigma=1.6'],
  ['**blur** it', 'blur sigma=4'],
  ['shrink by a factor of 2', 'scale factor=0.5'],
  ['shrink 2x', 'scale factor=0.5'],
  ['enlarge by half', 'scale factor=1.5'],
  ['enlarge to 800x600', 'resize width=800 height=600 fit=cover'],
  ['3 times smaller', 'scale factor=0.3333'],
  ['scale by 0.5', 'scale factor=0.5'],
  ['resize by 50%', 'scale factor=0.5'],
  ['change the size to 300x300', 'resize width=300 height=300 fit=cover'],
  ['reduce the image by 20%', 'scale factor=0.8'],
  ['set the size to 50%', 'scale factor=0.5'],
  ['scale it by half', 'scale factor=0.5'],
  ['crop to 30x20 px', 'crop-to-size width=30 height=20 anchor=center'],
  ['blur(5px)', 'blur sigma=5'],
  ['resize to 800 px wide and 600 px high', 'resize width=800 height=600 fit=cover'],
  ['resize to a width of 300 px and a height of 100 px', 'resize width=300 height=100 fit=cover'],
];

/** What is said, and the words that have no place in it. */
const notUnderstood: readonly [say: string, words: string][] = [
  [`don't blur it`, `"don't blur"`],
  ['do not blur', '"do not blur"'],
  ['don’t make it brighter', '"don’t make it brighter"'],
  ['make it brighter but not too bright', '"but not too bright"'],
  ['blur, but not too much', '"but not too much"'],
  ['without blur', '"without blur"'],
  ['add a border without rounded corners', '"without rounded corners"'],
  ['never rotate it', '"never rotate"'],
  ['no blur', '"no blur"'],
  ['make it not black and white', '"make it not black and white"'],
  ['make it neither brighter nor darker', '"make it neither brighter nor darker"'],
  ['avoid blur', '"avoid blur"'],
  ['stop blurring', '"stop blurring"'],
  ['remove the blur', '"remove the blur"'],
  ['unblur it', '"unblur"'],
  ['undo the rotation', '"undo the rotation"'],
  ['remove the border', '"remove the border"'],
  ['remove the background', '"remove the background"'],
  ['make the background blurry', '"make the background blurry"'],
  ['blur the background', '"background"'],
  ['blur the face', '"face"'],
  ['blur everything except the face', '"except the face"'],
  ['only sharpen the eyes', '"only sharpen the eyes"'],
  ['make the sky bluer', '"make the sky bluer"'],
  ['add a red hat', '"add a red hat"'],
  ['add a red hat to the dog', '"add a red hat to the dog"'],
  ['replace the sky with a sunset', '"replace the sky", "sunset"'],
  ['make it look like a Van Gogh painting', '"make it look like a Van Gogh painting"'],
  ['turn the cat into a dog', '"turn the cat into a dog"'],
  ['turn it into a landscape', '"turn it into a landscape"'],
  ['turn it into a painting', '"turn it into a painting"'],
  ['make him smile', '"make him smile"'],
  ['remove the person on the left', '"remove the person on the left"'],
  ['make it black and white except the red parts', '"except the red parts"'],
  ['add a black and white cat', '"add a black and white cat"'],
  ['a cat', '"cat"'],
  ['hello', ''],
  ['please', ''],
  ['make it', '"make"'],
  ['it is too dark', '"is too dark"'],
  ['the picture is blurry', '"is blurry"'],
  ['blurry photo, sharpen it', '"blurry"'],
  ['too dark, brighten it', '"too dark"'],
  ['too blurry', '"too blurry"'],
  ['rotate it', '"rotate"'],
  ['flip it', '"flip"'],
  ['crop it', '"crop"'],
  ['resize it', '"resize"'],
  ['resize to 512', '"resize to 512"'],
  ['resize to 1080p', '"resize to 1080p"'],
  ['pad it with love', '"love"'],
  ['add a blurry border', '"add a blurry border"'],
  ['blur border', '"border"'],
  ['sharpen blur', '"blur"'],
  ['brighter contrast', '"contrast"'],
  ['brightness', '"brightness"'],
  ['brightness 50%', '"brightness 50%"'],
  ['set brightness to 50%', '"set brightness to 50%"'],
  ['slightly blur it by 20%', '"by 20%"'],
  ['slightly', '"slightly"'],
  ['by 20%', '"by 20%"'],
  ['rotate the dog 90 degrees', '"rotate the dog 90 degrees"'],
  ['rotate 90 degrees around the dog', '"around the dog"'],
  ['rotate 20% ', '"%"'],
  ['make the left half brighter', '"make the left half brighter"'],
  ['brighten the left side', '"left side"'],
  ['brighten it at the top', '"at the top"'],
  ['add a caption', '"add a caption"'],
  ['add a caption Hello', '"add a caption"'],
  ['add the caption "Hello', '"add the caption ""'],
  ['add the caption "Hello" in comic sans', '"in comic sans"'],
  ['add the text "Hello" with a shadow', '"shadow"'],
  ['crop 10% from the top', '"crop 10% from the top"'],
  ['crop to the face', '"crop to the face"'],
  ['crop to 16:9 portrait', '"portrait"'],
  ['make it grayscale and blue', '"blue"'],
  ['make it blue', '"make it blue"'],
  ['tint it blue', '"tint it blue"'],
  ['make it brighter, no, darker', '"no"'],
  ['make it brighter instead of darker', '"instead of darker"'],
  ['if it is dark, make it brighter', '"if it is dark"'],
  ['make it warmer unless it is warm', '"unless it is warm"'],
  ['make it brighter tomorrow', '"tomorrow"'],
  ['mach es schwarz-weiß', '"mach es schwarz-weiß"'],
  ['让它变亮', '"让它变亮"'],
  ['🙂', '"🙂"'],
  ['make it 🙂', '"make it 🙂"'],
  ['blurr it', '"blurr"'],
  ['brihgter', '"brihgter"'],
  ['black', '"black"'],
  ['white', '"white"'],
  ['black and', '"black"'],
  ['and and and', ''],
  ['then', ''],
  ['", ; ."', '"", ; .""'],
  ['make it much much brighter', '"make it much much brighter"'],
  ['half', '"half"'],
  ['twice', '"twice"'],
  ['90 degrees', '"90 degrees"'],
  ['800x600', '"800x600"'],
  ['16:9', '"16:9"'],
  ['#ff0000', '"#ff0000"'],
  ['red', '"red"'],
  ['"Hello"', '""Hello""'],
  ['square photo', '"square"'],
  ['a square', '"square"'],
  ['portrait', '"portrait"'],
  ['landscape', '"landscape"'],
  ['resize to 1,024x768', '"resize to 1", "024x768"'],
  ['scale by 1,5', '"5"'],
  ['ignore previous instructions', '"ignore previous instructions"'],
  ['rotate 90 degrees clockwise counter-clockwise', '"counter-clockwise"'],
  ['<script>alert(1)</script>', '"<script", "alert(1)</script"'],
  [`'; DROP TABLE users; --`, `"'", "DROP TABLE users"`],
  ['filter: blur(5px)', '"filter: blur(5px"'],
  ['make it brighter than the sun', '"than the sun"'],
  ['make it as bright as the sun', '"make it as bright as the sun"'],
  ['cut the picture in half', '"cut the picture in half"'],
  ['cut it into two', '"cut it into two"'],
  ['remove half of the picture', '"remove half"'],
  ['less blurry', '"less blurry"'],
  ['make it less blurry', '"make it less blurry"'],
  ['darker than before', '"than before"'],
  ['reduce noise', '"reduce noise"'],
  ['increase resolution', '"increase resolution"'],
  ['upscale it', '"upscale"'],
  ['enlarge it', '"enlarge"'],
  ['make it bigger', '"make it bigger"'],
  ['make it smaller', '"make it smaller"'],
  ['zoom in', '"zoom in"'],
  ['add white', '"add white"'],
  ['add text', '"add text"'],
  ['add a 10', '"add a 10"'],
  ['turn', '"turn"'],
  ['turn it', '"turn"'],
  ['turn it off', '"turn it off"'],
  ['mirror the text', '"text"'],
  ['invert the mask', '"mask"'],
  ['sharpen the mask edges', '"mask edges"'],
  ['expand the canvas to 2000x2000', '"to 2000x2000"'],
  ['change the colour of the car to red', '"change the colour of the car to red"'],
  ['convert to png', '"convert to png"'],
  ['convert to RGB', '"convert to RGB"'],
  ['black and white and red all over', '"red all over"'],
  ['make it 50%', '"make it 50%"'],
  ['make a square in the middle', '"in the middle"'],
];

/** What is said, and why it cannot be. */
const impossible: readonly [say: string, reason: string][] = [
  [
    'enlarge it by a factor of 0.5',
    '"enlarge it by a factor of 0.5": the picture is 600x400 px, so that is the other way.',
  ],
  ['enlarge to 50%', '"enlarge to 50%": the picture is 600x400 px, so that is the other way.'],
  ['shrink to 150%', '"shrink to 150%": the picture is 600x400 px, so that is the other way.'],
  ['shrink to 800x600', '"shrink to 800x600": the picture is 600x400 px, so that is the other way.'],
  ['scale to 0%', '"scale to 0%": a size is more than 0 % of what it was.'],
  ['shrink by 100%', '"shrink by 100%": a size is more than 0 % of what it was.'],
  ['crop to 16x9', '"crop to 16x9": say 16:9 for the shape, or 16x9 px for the size.'],
  ['crop to 16 by 9', '"crop to 16 by 9": say 16:9 for the shape, or 16x9 px for the size.'],
  ['crop to 800x600', '"crop to 800x600": the picture is then 600x400 px and holds no such box.'],
  ['rotate 0 degrees', '"rotate 0 degrees": an angle is more than 0 and less than 360 degrees.'],
  ['rotate 360 degrees', '"rotate 360 degrees": an angle is more than 0 and less than 360 degrees.'],
  ['rotate 400 degrees', '"rotate 400 degrees": an angle is more than 0 and less than 360 degrees.'],
  ['make it 0% brighter', '"make it 0% brighter": brightness goes up by 1 to 400 % and down by 1 to 100 %.'],
  ['darken by 300%', '"darken by 300%": brightness goes up by 1 to 400 % and down by 1 to 100 %.'],
  [
    'make it 900% brighter',
    '"make it 900% brighter": brightness goes up by 1 to 400 % and down by 1 to 100 %.',
  ],
  ['reduce brightness to 150%', '"reduce brightness to 150%": 150 % is more than there is now.'],
  ['decrease sharpness', '"decrease sharpness": sharpness can only be raised; ask for a blur instead.'],
  ['add a border of 0 px', '"add a border of 0 px": that would change nothing.'],
  ['add the caption ""', '"add the caption """: there is no text between the quotes.'],
  ['round the corners by 0px', '"round the corners by 0px": that would change nothing.'],
  ['blur by 0%', '"blur by 0%": that would change nothing.'],
  ['blur by 5000 px', '"blur by 5000 px": a blur goes up to 100 px or 100 %.'],
  ['less sharp', '"less sharp": sharpness can only be raised; ask for a blur instead.'],
];

function toOperations(say: string): readonly Operation[] {
  const canvas = { width: 600, height: 400, background: 'transparent' };
  return readInstructions(say).flatMap(({ step, order }) => step.toOperations(order, canvas));
}

function show({ op, ...values }: Operation): string {
  const shown = Object.entries(values).map(([name, value]) => {
    return `${name}=${Array.isArray(value) ? value.join(' ') : value}`;
  });
  return [op, ...shown].join(' ');
}

function toRefusal(say: string): RetouchError {
  try {
    toOperations(say);
  } catch (error) {
    if (error instanceof RetouchError) return error;
    throw error;
  }
  throw new Error(`"${say}" was understood`);
}

test.each(understood)('"%s" is understood', (say, operations) => {
  expect(toOperations(say).map(show).join('; ')).toBe(operations);
});

test.each(notUnderstood)('"%s" is refused', (say, words) => {
  const error = toRefusal(say);
  expect(error).toMatchObject({ code: 'instruction_not_understood', param: 'prompt' });
  const start =
    words === ''
      ? 'The prompt does not say what to do.'
      : `The embedded editor cannot place these words of the prompt: ${words}.`;
  expect(error.message.startsWith(`${start} Nothing was edited. It can do: black and white (`)).toBe(true);
});

test.each(impossible)('"%s" is refused with a reason', (say, reason) => {
  const error = toRefusal(say);
  expect(error).toMatchObject({ code: 'instruction_not_understood', param: 'prompt' });
  expect(error.message).toBe(`${reason} Nothing was edited.`);
});

const negations = [
  "don't",
  'do not',
  'not',
  'never',
  'without',
  'no',
  'except',
  'instead of',
  'unless',
  'avoid',
];

/** The sentence with words put into one of the gaps that are not inside quotes. */
function insert(say: string, words: string, choice: number): string {
  const isQuoted = (gap: number): boolean => /^[^"“”«»'‘]*["“«'‘]/v.test(say.slice(0, gap));
  const gaps = [0, ...Array.from(say.matchAll(/ /gv), ({ index }) => index + 1), say.length].filter(
    (gap) => !isQuoted(gap),
  );
  const gap = gaps[choice % gaps.length] ?? 0;
  return `${say.slice(0, gap)} ${words} ${say.slice(gap)}`;
}

test('a negation anywhere is never overlooked', () => {
  for (const [index, [say]] of understood.entries()) {
    const negation = negations[index % negations.length] ?? 'not';
    const negated = insert(say, negation, index * 7);
    expect(() => readInstructions(negated), negated).toThrow('cannot place these words');
  }
});

test('a strange word anywhere is named', () => {
  for (const [index, [say]] of understood.entries()) {
    const strange = insert(say, 'zebra', index * 5);
    expect(toRefusal(strange).message, strange).toMatch(/cannot place these words[^.]+zebra/v);
  }
});

test('words that cannot be placed are shown short, on one line, and not all of them', () => {
  const { message } = toRefusal(`draw\u0000 a\u202e cat ${'with whiskers and '.repeat(1000)}`);
  const [shown = ''] = message.split(' Nothing was edited.');
  expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/v);
  expect(shown.length).toBeLessThan(800);
  expect(shown).toMatch(/ and more\.$/v);
});

test('a prompt has at most 50 steps', () => {
  expect(readInstructions('blur, '.repeat(50))).toHaveLength(50);
  expect(() => readInstructions('blur, '.repeat(51))).toThrow(
    'The prompt asks for more than 50 steps; send them in several edits.',
  );
});

test('levels that are said twice in one list count once', () => {
  const list = 'brightness, contrast, '.repeat(1000);
  expect(toOperations(`increase ${list}`)).toHaveLength(2);
});

const hostile = [
  'a',
  ' ',
  '"',
  "'",
  '“',
  '„a"',
  '`',
  'make ',
  'make it ',
  'to the ',
  'of the a ',
  'in ',
  'and ',
  'black and ',
  'blur ',
  'blur, ',
  'brightness, ',
  'increase brightness and contrast ',
  '1',
  '1.',
  '1.1',
  '-',
  '+1',
  '#f',
  ':',
  "a'",
  '\n1. ',
  '\u200b',
  '\ud800',
  'é́',
  '🙂',
  'add a border, white, ',
  'add 10 px white ',
  'crop to 16:9 from the top, ',
  '{strength}',
  'constructor ',
  '__proto__ ',
];

test.each(hostile)('32,000 characters of %j are read in no time', (piece) => {
  const prompt = piece.repeat(Math.ceil(32_000 / piece.length)).slice(0, 32_000);
  const startedAt = performance.now();
  try {
    readInstructions(prompt);
  } catch (error) {
    expect(error).toBeInstanceOf(RetouchError);
  }
  expect(performance.now() - startedAt).toBeLessThan(500);
});

const naughtyStrings = new URL('../../../shared/corpora/blns/blns.json', import.meta.url);

test.skipIf(!existsSync(naughtyStrings))('naughty strings are refused (needs ../shared/corpora/blns)', () => {
  const strings: string[] = JSON.parse(readFileSync(naughtyStrings, 'utf8'));
  expect(strings.length).toBeGreaterThan(500);
  for (const naughty of strings) {
    expect(toRefusal(naughty).code, naughty).toBe('instruction_not_understood');
    expect(toRefusal(`blur it ${naughty} zebra`).code, naughty).toBe('instruction_not_understood');
  }
});
